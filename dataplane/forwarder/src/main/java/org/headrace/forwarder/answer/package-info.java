/** Replies that the data plane makes itself, written over the packet that they answer. */
package org.headrace.forwarder.answer;
