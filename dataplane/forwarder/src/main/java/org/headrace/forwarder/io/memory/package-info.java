/** Packet I/O without a network, for tests and for explaining what would happen to a packet. */
package org.headrace.forwarder.io.memory;
