/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the header has as initial values, which bindgen cannot read. */
#include "safepoint.h"

int contract_call(void *arg) { return arg == 0; }

const uint64_t contract_forever = SAFEPOINT_FOREVER;
const sig_latch contract_latch = SAFEPOINT_LATCH;
const sig_job contract_job = SAFEPOINT_JOB(contract_call, (void *)&contract_latch);
