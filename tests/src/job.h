/** A job's initial value: sig_job job = SAFEPOINT_JOB(fn, arg); */
#define SAFEPOINT_JOB(fn, arg) { sizeof(sig_job), 0, (fn), (arg), { 0, 0 } }
