# What Windows makes of what the worker prints on Linux: all that may differ.

# The console does not say who was at the keys, and nobody has a number.
s/^(SIGUSR.) from [0-9]+ uid [0-9]+$/\1 from 0 uid 0/

# There is no SIGUSR1 nor SIGUSR2: Ctrl-C and Ctrl-Break are in their place.
s/^(so far )?SIGUSR1 /\1SIGINT /
s/^SIGUSR2 /SIGBREAK /

# Nobody dies by a signal: it is a status. That of the system, where it is the
# Ctrl-C itself that is not handled; that of raise() where the program, or a
# time of sig_set_escalation(), does the default.
/^worker hang 2 /,/^died/ s/^died by SIGINT$/ended with 0xC000013A/
s/^died by SIGINT$/ended with 0x3/
