/**
 * The contract of all Headrace processes: the control protocol (SBE over Aeron IPC) and the names that it carries.
 *
 * <p>Each side of the protocol is a triple: a <i>proxy</i> encodes a call, an <i>adapter</i> decodes it, a
 * <i>listener</i> receives it. The schema, {@code headrace-control.xml}, is the protocol's document.
 */
package org.headrace.protocol;
