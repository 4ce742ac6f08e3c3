// SPDX-License-Identifier: MIT OR Apache-2.0

// Package programs tests what is a program of its own.
package programs

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func run(t *testing.T, dir, name string, arguments ...string) string {
	t.Helper()
	command := exec.Command(name, arguments...)
	command.Dir = dir
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", command, err, output)
	}
	return string(output)
}

// compile makes testdata/host.c of internal/part.
func compile(t *testing.T, output string, more ...string) {
	t.Helper()
	flags := strings.Fields(run(t, "", "pkg-config", "--cflags", "--libs", "safepoint"))
	arguments := append([]string{"-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror",
		"-o", output, "../part/testdata/host.c"}, more...)
	run(t, "", "cc", append(append(arguments, flags...), "-pthread", "-ldl")...)
}

const hostRuns = 3

func TestAHostInCWithAGoArchiveInside(t *testing.T) {
	folder := t.TempDir()
	archive, host := filepath.Join(folder, "part.a"), filepath.Join(folder, "host")
	run(t, "", "go", "build", "-buildmode=c-archive", "-o", archive, "../part")
	compile(t, host, "-DARCHIVE", archive)
	for i := 0; i < hostRuns; i++ {
		t.Log(run(t, "", host))
	}
}

func TestAHostInCThatLoadsGoAfterItsHandlersStand(t *testing.T) {
	folder := t.TempDir()
	part, host := filepath.Join(folder, "part.so"), filepath.Join(folder, "host")
	run(t, "", "go", "build", "-buildmode=c-shared", "-o", part, "../part")
	compile(t, host)
	for i := 0; i < hostRuns; i++ {
		t.Log(run(t, "", host, part))
	}
}
