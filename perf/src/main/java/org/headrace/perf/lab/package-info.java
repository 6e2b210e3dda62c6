/**
 * A laboratory of network namespaces on one machine: a client, a balancer and three servers, with real programs in
 * them. The demo, the system tests and the benchmarks stand on it.
 */
package org.headrace.perf.lab;
