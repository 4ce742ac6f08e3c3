# What guest.so keeps to as a guest.
#
#     ruby test_guest.rb
#
# SPDX-License-Identifier: MIT OR Apache-2.0
require "minitest/autorun"
require "timeout"
require_relative "guest"

class GuestTest < Minitest::Test
  def setup = @before = trap("INT", "DEFAULT")
  def teardown = trap("INT", @before)

  def press = Process.kill("INT", $$)

  def cancel
    sleep 0.001 while Guest.cancel == 0 # what is to end has not begun yet
  end

  # Do this meanwhile, on another thread, in the middle of the block.
  def soon(what)
    thread = Thread.new { sleep 0.02; what.call }
    yield
  ensure
    thread&.join
  end

  def spin_ended_by(exception, what)
    assert_raises(exception) { soon(what) { Guest.spin } }
  end

  def test_each_ctrl_c_ends_one_spin
    20.times { spin_ended_by(Interrupt, method(:press)) }
  end

  def test_a_new_handler_runs_once_per_ctrl_c
    spin_ended_by(Interrupt, method(:press))
    seen = 0
    trap("INT") { seen += 1; raise IOError }
    1.upto(20) do |count|
      spin_ended_by(IOError, method(:press))
      assert_equal(count, seen)
    end
  end

  def test_spin_goes_on_where_a_handler_raises_nothing
    seen = 0
    trap("INT") { (seen += 1) < 5 ? press : Guest.cancel }
    assert_raises(Guest::Cancelled) do
      Guest.script { soon(method(:press)) { Guest.spin } }
    end
    assert_equal(5, seen)
  end

  def test_an_ignored_sigint_stays_ignored
    trap("INT", "IGNORE")
    assert_raises(Guest::TimeoutError) do
      soon(method(:press)) { Guest.spin(deadline_ms: 50) }
    end
  end

  def test_a_sigint_that_kills_kills
    pid = fork do
      trap("INT", "SYSTEM_DEFAULT")
      soon(method(:press)) { Guest.spin }
    end
    assert_equal(Signal.list["INT"], Process.wait2(pid)[1].termsig)
  end

  def test_another_thread_goes_on_until_ruby_ends_it
    thread = Thread.new { Guest.spin }
    5.times do
      assert_raises(Interrupt) { press; sleep }
    end
    assert_predicate(thread, :alive?)
    thread.kill.join
  end

  def test_rubys_own_ways_end_it
    assert_raises(Timeout::Error) { Timeout.timeout(0.02) { Guest.spin } }
    began = Queue.new
    thread = Thread.new do
      assert_raises(IOError) { began << true; Guest.spin }
    end
    began.pop
    sleep 0.02
    thread.raise(IOError)
    thread.join
  end

  def test_cancel_ends_one_thread
    threads = Array.new(5) do
      Thread.new { assert_raises(Guest::Cancelled) { Guest.spin } }
    end
    threads.each do |thread|
      Thread.pass while Guest.cancel(thread) == 0
      thread.join
    end
  end

  def test_cancel_is_for_what_runs
    assert_equal(0, Guest.cancel)
    assert_raises(Guest::TimeoutError) { Guest.spin(deadline_ms: 20) }
  end

  def stubborn
    loop do
      loop do
        Guest.spin
      rescue Exception
        next
      end
    rescue Exception
      next
    end
  end

  def test_a_script_that_rescues_everything_ends
    5.times do
      assert_raises(Guest::Cancelled) do
        soon(method(:cancel)) { Guest.script { stubborn } }
      end
      assert_raises(Guest::TimeoutError) do
        Guest.script(deadline_ms: 20) { stubborn }
      end
    end
    assert_raises(Guest::TimeoutError) { Guest.spin(deadline_ms: 20) }
  end

  def test_a_killed_thread_that_rescues_everything_ends
    thread = Thread.new { stubborn }
    sleep 0.02
    thread.kill.join
  end

  def test_threads_give_their_contexts_back
    5000.times { Thread.new { Guest.run(1, 1) }.join } # there are 4,096
    Guest.run(1, 1)
  end

  def test_a_forked_child
    thread = Thread.new { Guest.script { Guest.spin } }
    thread.report_on_exception = false
    sleep 0.02
    pid = fork do
      exit!(false) if Guest.cancel != 0
      spin_ended_by(Interrupt, method(:press))
      exit!(true)
    end
    assert_predicate(Process.wait2(pid)[1], :success?)
    thread.kill.join
  end
end
