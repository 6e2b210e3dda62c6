/**
 * What the workers forward by: {@link org.headrace.forwarder.table.ForwardingTable}, immutable, one per generation, and
 * {@link org.headrace.forwarder.table.ServerTable}, whose weights and next hops change in place.
 */
package org.headrace.forwarder.table;
