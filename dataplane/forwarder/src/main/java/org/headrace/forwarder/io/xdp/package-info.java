/**
 * AF_XDP: frames in memory shared with the kernel, received and sent through rings of descriptors. Start reading at
 * {@link org.headrace.forwarder.io.xdp.XdpContext}.
 */
package org.headrace.forwarder.io.xdp;
