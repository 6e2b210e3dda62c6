/**
 * {@code scripts/bench}: Headrace and its peers at the same work in the same laboratory, in turns. A {@link
 * org.headrace.perf.peers.Peer} is what balances, a {@link org.headrace.perf.peers.Work} is what is measured, a {@link
 * org.headrace.perf.peers.Discipline} puts works and peers together, {@link org.headrace.perf.peers.PeersPlan} says who
 * is next.
 */
package org.headrace.perf.peers;
