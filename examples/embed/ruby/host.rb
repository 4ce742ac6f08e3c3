# A Ruby program whose native computation can be stopped.
#
#     ruby host.rb MODE SCRIPT     ctrl-c, deadline, cancel; spin, stubborn
#     ruby host.rb cost
#
# SPDX-License-Identifier: MIT OR Apache-2.0
require_relative "guest"

LOOKS = ["nothing", "safe point", "rb_thread_check_ints()",
         "rb_thread_call_with_gvl() of that"].freeze

SCRIPTS = {
  "spin" => -> { Guest.spin },
  "stubborn" => lambda do
    loop do
      Guest.spin
    rescue Exception
      next
    end
  end,
  "ruby" => -> { nil while true }
}.freeze

def cancel
  sleep 0.05
  sleep 0.001 while Guest.cancel == 0 # it has not begun yet
end

# What stopped the script: what was raised says so.
def stopped(mode, script)
  options = mode == "deadline" ? { deadline_ms: 50 } : {}
  canceller = Thread.new { cancel } if mode == "cancel"
  $stdout.puts "ready"
  Guest.script(**options, &script)
rescue Interrupt
  puts # the terminal has written ^C
  "ctrl-c"
rescue Guest::TimeoutError
  "deadline"
rescue Guest::Cancelled
  "cancel"
ensure
  canceller&.join
end

def now(clock = Process::CLOCK_MONOTONIC)
  Process.clock_gettime(clock, :nanosecond)
end

# Nanoseconds of the processor: others may be busy, too.
def per_turn(look, turns)
  start = now(Process::CLOCK_PROCESS_CPUTIME_ID)
  Guest.run(look, turns)
  (now(Process::CLOCK_PROCESS_CPUTIME_ID) - start) / turns.to_f
end

# Microseconds from a kill of another process to the exception.
def latency(script)
  read, write = IO.pipe
  pid = fork do
    sleep 0.05
    write.syswrite([now].pack("Q"))
    Process.kill("INT", Process.ppid)
    exit!
  end
  begin
    script.call
  rescue Interrupt
    time = now
  end
  Process.wait(pid)
  start = read.sysread(8).unpack1("Q")
  [read, write].each(&:close)
  (time - start) / 1000.0
end

def median(values) = values.sort[values.size / 2]

def delays(name)
  times = Array.new(101) { latency(SCRIPTS[name]) }
  printf("%8.1f us from SIGINT to the Interrupt, %.1f at most: %s\n",
         median(times), times.max, name)
end

def cost
  turns = (0..3).map { |look| (60e6 / per_turn(look, 100_000)).to_i }
  rounds = Array.new(21) { turns.each_with_index.map { |n, i| per_turn(i, n) } }
  LOOKS.zip(rounds.transpose) do |look, times|
    printf("%8.2f ns a turn: %s\n", median(times), look)
  end
  %w[spin ruby].each { |name| delays(name) }
  printf("cost: %.3f\n", median(rounds.map { |times| times[1] / times[0] }))
end

$stdout.sync = true
if ARGV[0] == "cost"
  cost
else
  mode, name = ARGV
  puts "stopped: #{stopped(mode, SCRIPTS.fetch(name))}"
  puts "then: #{eval('1 + 1')}"
end
