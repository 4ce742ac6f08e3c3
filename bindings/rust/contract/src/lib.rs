// SPDX-License-Identifier: MIT OR Apache-2.0
//! Nothing but tests: see the folder beside this one.
