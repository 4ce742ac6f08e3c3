// SPDX-License-Identifier: MIT OR Apache-2.0
// One file of a program of two: what each of them has of the header is one.
#include "everything.hpp"

#ifdef SECOND
int second();
int second()
{
    return everything();
}

void throw_by_other_file();
void throw_by_other_file()
{
    safepoint::call([] { throw 'x'; });
}
#else
#include <cstdio>

int second();
void throw_by_other_file();

int main()
{
    const int one = everything(), other = second();
    throw_by_other_file();
    try {
        safepoint::check();
    } catch (char thrown) {
        std::printf("%d %d %c\n", one, other, thrown);
        return one == other && one > 0 ? 0 : 1;
    }
    return 1;
}
#endif
