/**
 * Session persistence: which client was sent to which server, and is to be sent there again. IPVS calls one such note a
 * <i>template</i>.
 */
package org.headrace.forwarder.affinity;
