/** Where the load generator works: namespaces, interfaces, next hops, addresses, and what is out of bounds. */
package org.headrace.perf.generate.host;
