package org.headrace.forwarder.guard;

/**
 * What a service's clients have to pass.
 *
 * @param accessList which clients get in, or null for all.
 */
public record ServiceGuard(AccessList accessList)
{
    /** Everybody gets in. */
    public static final ServiceGuard NONE = new ServiceGuard(null);
}
