/**
 * The kernel side of picking packets: a small eBPF assembler, maps, programs and links, and
 * {@link org.headrace.forwarder.io.bpf.PacketPicker}, which decides which packets are the data plane's.
 */
package org.headrace.forwarder.io.bpf;
