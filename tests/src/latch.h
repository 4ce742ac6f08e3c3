/** A latch's initial value: sig_latch latch = SAFEPOINT_LATCH; */
#define SAFEPOINT_LATCH { 0 }
