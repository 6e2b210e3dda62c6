/**
 * Protocol headers: one class per header, static accessors over the absolute address of the header's first byte, so
 * that reading a packet makes no object. The caller has checked that the header lies within the frame.
 */
package org.headrace.forwarder.wire;
