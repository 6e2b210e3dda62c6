/**
 * The demo: Headrace in the laboratory under traffic from real clients, shown while it runs.
 */
package org.headrace.perf.demo;
