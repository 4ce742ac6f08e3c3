// SPDX-License-Identifier: MIT OR Apache-2.0

// Package realtime is imported for what it does: real-time signals then come to
// their owner in the order in which they were sent.
//
//	import _ "safepoint/realtime"
//
// The kernel gives a signal to any thread that does not block it. A Go program
// has several, and two that take one each, at the same time, record them in
// either order. With this package all threads of the program begin with real-time
// signals blocked, and the owner unblocks its own:
//
//	old, err := owner.Mask(safepoint.Unblock, safepoint.SetOf(sig))
//
// Before it closes it sets the old mask again. Programs that this one starts have
// these signals blocked as well. It is for programs whose main function is in Go.
package realtime

import _ "safepoint/internal/realtime"
