// SPDX-License-Identifier: MIT OR Apache-2.0

// The worker in Go: see ../../../worker/README.md.
package main

import (
	"fmt"
	"os"
	"strconv"

	"safepoint"
)

// raised is an error that carries a number.
type raised int

func (r raised) Error() string { return fmt.Sprintf("raised %d", int(r)) }

func must(err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "worker: %v\n", err)
		os.Exit(1)
	}
}

// open is the owner that all scenarios use: the process's own.
func open(flags safepoint.Init) *safepoint.Owner {
	o, err := safepoint.Main(flags)
	must(err)
	return o
}

func install(o *safepoint.Owner, name string, handler safepoint.Handler) {
	sig, err := safepoint.Number(name)
	must(err)
	must(o.Install(sig, handler, 0))
}

// raisedIn reaches safe points until a handler raises: what it raised.
func raisedIn(o *safepoint.Owner, how string) error {
	for {
		var err error
		if how == "spin" {
			err = o.Check()
		} else {
			err = o.Sleep(safepoint.Forever)
		}
		if err != nil {
			return err
		}
	}
}

func raiseIt(event safepoint.Event) error { return raised(event.Signal) }

func usage() {
	fmt.Fprintln(os.Stderr, "usage: worker SCENARIO [ARGUMENT...]")
	os.Exit(2)
}

// number is an argument that is one, of at least least.
func number(text string, least int) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < least || text[0] == '+' {
		usage()
	}
	return n
}

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	name, arguments := os.Args[1], os.Args[2:]
	first, second := "", ""
	if len(arguments) > 0 {
		first = arguments[0]
	}
	if len(arguments) > 1 {
		second = arguments[1]
	}
	how := first == "spin" || first == "wait"
	switch is := func(scenario string, count int) bool {
		return name == scenario && len(arguments) == count
	}; {
	case is("arrival", 1) && how:
		arrival(first)
	case is("storm", 0):
		storm()
	case is("values", 0):
		values()
	case is("calls", 2):
		pendingCalls(number(first, 1), number(second, 1))
	case is("deadline", 1):
		deadline(number(first, 1))
	case is("interrupt", 1) && (how || first == "read"):
		interrupt(first)
	case is("hang", 2):
		hang(number(first, 0), number(second, 0))
	case is("fork", 0):
		fork()
	case is("child", 0):
		children()
	case is("errors", 0):
		errorNames()
	case is("cost", 1):
		cost(number(first, 1))
	default:
		usage()
	}
}
