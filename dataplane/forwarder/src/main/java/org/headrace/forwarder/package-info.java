/**
 * The layer-4 data plane. Start reading at {@link org.headrace.forwarder.ForwardingWorker#doWork}, the main loop; each
 * package beside this one is a stage of a packet's life: io, parse, table and schedule, rewrite or answer, io.
 */
package org.headrace.forwarder;
