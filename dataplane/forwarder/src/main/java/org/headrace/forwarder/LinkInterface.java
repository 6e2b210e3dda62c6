package org.headrace.forwarder;

/**
 * An interface that the data plane works on.
 *
 * @param name     as the operator knows it.
 * @param index    the kernel's number.
 * @param mac      its address, low 48 bits, first byte highest.
 * @param mtuBytes largest IP packet.
 */
public record LinkInterface(String name, int index, long mac, int mtuBytes)
{
}
