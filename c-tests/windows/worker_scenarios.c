/* The worker of bindings/, driven through what it can do on Windows: on the
 * standard output all that it prints, and how it ends. Built for Windows and
 * for Linux, where signals are sent in the place of the console's events;
 * worker_is_ended_from_the_console compares the two.
 *
 *     worker_scenarios WORKER */
#include "running.h"

static void ends_by(enum event event, const char *arguments)
{
    begin(arguments);
    sleep_ms(50); /* into the wait, more often than not */
    send(&run, event);
    end();
}

static void arrival(void)
{
    begin("arrival wait");
    for (int i = 0; i < 20; i++) {
        send(&run, CTRL_BREAK);
        expect_line();
        send(&run, CTRL_C);
        expect_line();
    }
    send(&run, CLOSE);
    end();
}

/* Counted exactly; in how many events depends on the time that each takes. */
static void storm(void)
{
    unsigned long arrivals, handled, coalesced, lost, dropped;
    begin("storm");
    for (int i = 0; i < 10; i++) {
        for (int n = 0; n < 30; n++)
            send(&run, CTRL_C);
        send(&run, CTRL_BREAK);
        expect_line();
    }
    send(&run, CLOSE);
    for (int i = 0; i < 3; i++)
        expect_line();
    ASSERT_TRUE(next_line());
    ASSERT_EQ(sscanf(line, "%lu arrivals = %lu handled + %lu coalesced + %lu lost + %lu dropped",
                     &arrivals, &handled, &coalesced, &lost, &dropped), 5);
    printf("%lu arrivals = %lu handled and coalesced + %lu lost + %lu dropped\n", arrivals,
           handled + coalesced, lost, dropped);
    end();
}

int main(int argc, char **argv)
{
    static const char *const ALONE[] = {
        "calls 4 5000", "deadline 30", "errors", "what", "arrival jump", "calls 1 x",
    };
    ASSERT_EQ(argc, 2);
    worker = argv[1];
    watchdog(240);
    ends_by(CTRL_C, "interrupt wait");
    ends_by(CTRL_C, "interrupt spin");
    ends_by(CTRL_C, "interrupt read");
    arrival();
    ends_by(CLOSE, "arrival wait");
    ends_by(CLOSE, "arrival spin");
    storm();

    /* Without a safe point: the second one ends it, or the time. */
    begin("hang 2 0");
    send(&run, CTRL_C);
    ASSERT_TRUE(still_runs(&run));
    send(&run, CTRL_C);
    end();
    ends_by(CTRL_C, "hang 0 200");

    for (size_t i = 0; i < sizeof ALONE / sizeof *ALONE; i++) {
        begin(ALONE[i]);
        end();
    }
    return 0;
}
