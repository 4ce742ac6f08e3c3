/* What build.zig translates: the header's declarations, and the C library's
 * numbers of signals and codes.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#define SAFEPOINT_NO_INLINE
#include <safepoint.h>
#include <signal.h>
