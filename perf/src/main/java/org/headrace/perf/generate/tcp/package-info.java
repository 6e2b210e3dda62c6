/**
 * TCP connections by the million without a kernel's sockets: clients with 32 bytes of state each, servers with none.
 */
package org.headrace.perf.generate.tcp;
