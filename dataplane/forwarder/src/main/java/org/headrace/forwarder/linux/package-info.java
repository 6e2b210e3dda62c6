/** System calls and kernel structures through {@code java.lang.foreign}: one class per kernel interface. */
package org.headrace.forwarder.linux;
