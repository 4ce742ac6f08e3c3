// SPDX-License-Identifier: MIT OR Apache-2.0
// A plugin, or the host that loads it: whose check throws what a handler of the
// other has thrown.
#include <safepoint.hpp>

#include <csignal>

#ifdef PLUGIN

extern "C" void plug();
extern "C" void plug()
{
    static const safepoint::handler h(SIGUSR1, [] { throw 'p'; });
}

// What the plugin's own check throws: an exception's letter, or '-' for a number.
extern "C" char check_there();
extern "C" char check_there()
{
    try {
        safepoint::check();
    } catch (char letter) {
        return letter;
    } catch (const safepoint::interrupted&) {
        return '-';
    }
    return '0';
}

#else

#include <dlfcn.h>

#include <cstdio>
#include <cstring>

// plugin PATH global|local: what is thrown by a check here for a handler there,
// and by one there for a handler here.
int main(int, char** arguments)
{
    const bool global = std::strcmp(arguments[2], "global") == 0;
    void* const plugin = dlopen(arguments[1], RTLD_NOW | (global ? RTLD_GLOBAL : RTLD_LOCAL));
    if (!plugin) {
        std::puts(dlerror());
        return 1;
    }
    reinterpret_cast<void (*)()>(dlsym(plugin, "plug"))();
    char here = '0';
    safepoint::raise(SIGUSR1);
    try {
        safepoint::check();
    } catch (char letter) {
        here = letter;
    } catch (const safepoint::interrupted&) {
        here = '-';
    }
    const safepoint::handler h(SIGUSR2, [] { throw 'h'; });
    safepoint::raise(SIGUSR2);
    const char there = reinterpret_cast<char (*)()>(dlsym(plugin, "check_there"))();
    std::printf("%c%c\n", here, there);
}

#endif
