// SPDX-License-Identifier: MIT OR Apache-2.0
#define SECOND
#include "../links.cpp"
