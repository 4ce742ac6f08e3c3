// SPDX-License-Identifier: MIT OR Apache-2.0
// Loops for idle_check_costs to count:
//
//     idle_check_costs LOOP TURNS
#include <safepoint.hpp>

#include <cstdlib>
#include <cstring>

static volatile unsigned long sink;
static const safepoint::context* context;

extern "C" {

[[gnu::noinline]] void without(unsigned long turns)
{
    for (unsigned long turn = 0; turn < turns; turn++)
        sink = turn;
}

[[gnu::noinline]] void in_c(unsigned long turns)
{
    for (unsigned long turn = 0; turn < turns; turn++) {
        sink = turn;
        if (sig_check())
            break;
    }
}

[[gnu::noinline]] void in_cpp(unsigned long turns)
{
    for (unsigned long turn = 0; turn < turns; turn++) {
        sink = turn;
        safepoint::check();
    }
}

[[gnu::noinline]] void of_context(unsigned long turns)
{
    const safepoint::context& here = *context;
    for (unsigned long turn = 0; turn < turns; turn++) {
        sink = turn;
        safepoint::check(here);
    }
}
}

int main(int argc, char** argv)
{
    const struct {
        const char* name;
        void (*loop)(unsigned long turns);
    } loops[] = {
        {"without", without}, {"in_c", in_c}, {"in_cpp", in_cpp}, {"of_context", of_context}};
    const safepoint::context mine;
    context = &mine;
    for (const auto& loop : loops)
        if (argc == 3 && std::strcmp(argv[1], loop.name) == 0) {
            loop.loop(std::strtoul(argv[2], nullptr, 10));
            return 0;
        }
    return 2;
}
