/**
 * Packet I/O through AF_PACKET sockets, driven by one io_uring per worker: mapped receive rings, sends that point
 * straight at the received frame. See {@link org.headrace.forwarder.io.uring.UringPacketIo}.
 */
package org.headrace.forwarder.io.uring;
