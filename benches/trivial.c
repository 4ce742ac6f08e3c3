/* The least that a shared library can be. */
int trivial(int value);
int trivial(int value) { return value + 1; }
