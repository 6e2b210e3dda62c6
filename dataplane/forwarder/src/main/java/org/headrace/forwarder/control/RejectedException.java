package org.headrace.forwarder.control;

import org.headrace.protocol.codec.ResultCode;

/** A request of the agent that changes nothing; the response carries code and text. */
final class RejectedException extends Exception
{
    private static final long serialVersionUID = 1L;

    private final ResultCode code;

    RejectedException(final ResultCode code, final String text)
    {
        super(text);
        this.code = code;
    }

    ResultCode code()
    {
        return code;
    }
}
