/**
 * Packet I/O: how frames reach the pipeline and leave it. {@link org.headrace.forwarder.io.PacketIo} is the contract,
 * each sub-package one driver.
 */
package org.headrace.forwarder.io;
