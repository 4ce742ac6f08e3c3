# SPDX-License-Identifier: MIT OR Apache-2.0
"""What a .pth file imports, for safepoint.signal.activate() in each Python that
starts. A subinterpreter imports it, too, and has no signals: there it does
nothing.
"""

try:
    import safepoint.signal
except ImportError as error:
    # Python's own words of it differ from ours, and have no type of their own.
    if "interpreter" not in str(error):
        raise
else:
    safepoint.signal.activate()
