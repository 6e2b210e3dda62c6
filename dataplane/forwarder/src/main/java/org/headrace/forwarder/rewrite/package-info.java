/** Last stage of the pipeline: the packet as the next host is to see it. Checksums are updated, never computed anew. */
package org.headrace.forwarder.rewrite;
