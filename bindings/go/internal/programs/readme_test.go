// SPDX-License-Identifier: MIT OR Apache-2.0

package programs

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The README's first program, as it stands, in a module of its own.
func TestTheFirstProgramOfTheReadme(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, program, _ := strings.Cut(string(text), "```go\n")
	program, _, found := strings.Cut(program, "```\n")
	if !found {
		t.Fatal("no program")
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "main.go"), []byte(program), 0o666); err != nil {
		t.Fatal(err)
	}
	run(t, folder, "go", "mod", "init", "hello")
	run(t, folder, "go", "mod", "edit", "-require=safepoint@v0.0.0", "-replace=safepoint="+root)
	run(t, folder, "go", "vet")
	run(t, folder, "go", "build")

	hello := exec.Command(filepath.Join(folder, "hello"))
	output, err := hello.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := hello.Start(); err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(time.Minute, func() { hello.Process.Kill() })
	defer watchdog.Stop()
	lines := bufio.NewScanner(output)
	for _, want := range []string{"working: press Ctrl-C", `SIGINT after \d+ rounds`} {
		if !lines.Scan() || !regexp.MustCompile("^"+want+"$").MatchString(lines.Text()) {
			t.Errorf("%q, not %q", lines.Text(), want)
		}
		hello.Process.Signal(os.Interrupt)
	}
	if err := hello.Wait(); err != nil {
		t.Error(err)
	}
}
