/** The counters that a worker writes: plain stores into the mapped counters file. */
package org.headrace.forwarder.counters;
