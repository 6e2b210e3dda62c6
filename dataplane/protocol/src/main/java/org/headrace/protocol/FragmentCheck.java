package org.headrace.protocol;

import static org.headrace.protocol.ControlChannel.MAX_MESSAGE_LENGTH;
import static org.headrace.protocol.ControlChannel.MAX_TEXT_LENGTH;

import org.agrona.DirectBuffer;
import org.headrace.protocol.codec.AccessListEntryRequestDecoder;
import org.headrace.protocol.codec.AccessPrefixesEntryRequestDecoder;
import org.headrace.protocol.codec.AdjacencyEntryRequestDecoder;
import org.headrace.protocol.codec.ConnectionEventDecoder;
import org.headrace.protocol.codec.ConnectionsRequestDecoder;
import org.headrace.protocol.codec.ConnectionsResponseDecoder;
import org.headrace.protocol.codec.DeltaResponseDecoder;
import org.headrace.protocol.codec.GenerationBeginRequestDecoder;
import org.headrace.protocol.codec.GenerationCommitRequestDecoder;
import org.headrace.protocol.codec.GenerationResponseDecoder;
import org.headrace.protocol.codec.GroupSizeEncodingDecoder;
import org.headrace.protocol.codec.HeartbeatRequestDecoder;
import org.headrace.protocol.codec.HeartbeatResponseDecoder;
import org.headrace.protocol.codec.HelloRequestDecoder;
import org.headrace.protocol.codec.HelloResponseDecoder;
import org.headrace.protocol.codec.LimitEntryRequestDecoder;
import org.headrace.protocol.codec.LocalAddressEntryRequestDecoder;
import org.headrace.protocol.codec.MessageHeaderDecoder;
import org.headrace.protocol.codec.ServerEntryRequestDecoder;
import org.headrace.protocol.codec.ServerStateRequestDecoder;
import org.headrace.protocol.codec.ServerWeightRequestDecoder;
import org.headrace.protocol.codec.ServiceAccessEntryRequestDecoder;
import org.headrace.protocol.codec.ServiceEntryRequestDecoder;
import org.headrace.protocol.codec.ServiceLimitEntryRequestDecoder;
import org.headrace.protocol.codec.TemplateEventDecoder;
import org.headrace.protocol.codec.TemplateFeedRequestDecoder;
import org.headrace.protocol.codec.TemplateFeedResponseDecoder;
import org.headrace.protocol.codec.TemplateRestoreEndRequestDecoder;
import org.headrace.protocol.codec.TemplateRestoreRequestDecoder;
import org.headrace.protocol.codec.TemplatesRequestDecoder;
import org.headrace.protocol.codec.TemplatesResponseDecoder;
import org.headrace.protocol.codec.VarTextDecoder;

/**
 * Checks a fragment's header and lengths before anything in it is decoded, so that the generated decoders never read
 * beyond it. A newer peer may have appended fields (SBE's rule for extension): longer blocks and trailing data are
 * accepted from it, and only from it.
 */
final class FragmentCheck
{
    private static final int HEADER_LENGTH = MessageHeaderDecoder.ENCODED_LENGTH;
    private static final int TEXT_HEADER_LENGTH = VarTextDecoder.varDataEncodingOffset();

    private static final int PREFIX_LENGTH = AccessPrefixesEntryRequestDecoder.PrefixesDecoder.sbeBlockLength();

    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final GroupSizeEncodingDecoder groupSize = new GroupSizeEncodingDecoder();

    /** Returns what is wrong with the fragment, or null. */
    String problem(final DirectBuffer buffer, final int offset, final int length)
    {
        if (length < HEADER_LENGTH || length > MAX_MESSAGE_LENGTH)
        {
            return "length=" + length + " is outside " + HEADER_LENGTH + ".." + MAX_MESSAGE_LENGTH;
        }
        header.wrap(buffer, offset);
        final int schemaId = header.schemaId();
        final int version = header.version();
        if (schemaId != MessageHeaderDecoder.SCHEMA_ID || version < MessageHeaderDecoder.SCHEMA_VERSION)
        {
            return "schemaId=" + schemaId + " version=" + version + " (expected " + MessageHeaderDecoder.SCHEMA_ID +
                " version " + MessageHeaderDecoder.SCHEMA_VERSION + " or later)";
        }
        final int templateId = header.templateId();
        final int expectedBlockLength = blockLength(templateId);
        if (expectedBlockLength < 0)
        {
            return "templateId=" + templateId + " is not a message of this protocol";
        }
        final boolean isNewer = version > MessageHeaderDecoder.SCHEMA_VERSION;
        final int blockLength = header.blockLength();
        if (isNewer ? blockLength < expectedBlockLength : blockLength != expectedBlockLength)
        {
            return "templateId=" + templateId + " blockLength=" + blockLength + " (expected " + expectedBlockLength +
                ")";
        }
        return lengthProblem(buffer, offset, length, templateId, isNewer);
    }

    /** Returns the header of the fragment that was checked last. */
    MessageHeaderDecoder header()
    {
        return header;
    }

    private String lengthProblem(
        final DirectBuffer buffer, final int offset, final int length, final int templateId, final boolean isNewer)
    {
        int needed = HEADER_LENGTH + header.blockLength();
        if (hasText(templateId))
        {
            final int textOffset = needed;
            needed += TEXT_HEADER_LENGTH;
            if (needed <= length)
            {
                final int textLength = buffer.getShort(offset + textOffset, VarTextDecoder.BYTE_ORDER) & 0xFFFF;
                if (textLength > MAX_TEXT_LENGTH)
                {
                    return "templateId=" + templateId + " textLength=" + textLength + " > MAX_TEXT_LENGTH=" +
                        MAX_TEXT_LENGTH;
                }
                needed += textLength;
            }
        }
        else if (templateId == AccessPrefixesEntryRequestDecoder.TEMPLATE_ID)
        {
            final int groupOffset = needed;
            needed += GroupSizeEncodingDecoder.ENCODED_LENGTH;
            if (needed <= length)
            {
                groupSize.wrap(buffer, offset + groupOffset);
                final int itemLength = groupSize.blockLength();
                final int count = groupSize.numInGroup();
                if ((isNewer ? itemLength < PREFIX_LENGTH : itemLength != PREFIX_LENGTH) ||
                    count > PrefixBlock.CAPACITY)
                {
                    return "templateId=" + templateId + " prefixes=" + count + " of length=" + itemLength +
                        " (expected at most " + PrefixBlock.CAPACITY + " of length " + PREFIX_LENGTH + ")";
                }
                needed += count * itemLength;
            }
        }
        if (isNewer ? length < needed : length != needed)
        {
            return "templateId=" + templateId + " length=" + length + " (expected " + needed + ")";
        }
        return null;
    }

    private static boolean hasText(final int templateId)
    {
        return switch (templateId)
        {
            case ServiceEntryRequestDecoder.TEMPLATE_ID,
                LimitEntryRequestDecoder.TEMPLATE_ID,
                GenerationResponseDecoder.TEMPLATE_ID,
                DeltaResponseDecoder.TEMPLATE_ID -> true;
            default -> false;
        };
    }

    private static int blockLength(final int templateId)
    {
        return switch (templateId)
        {
            case HelloRequestDecoder.TEMPLATE_ID -> HelloRequestDecoder.BLOCK_LENGTH;
            case HeartbeatRequestDecoder.TEMPLATE_ID -> HeartbeatRequestDecoder.BLOCK_LENGTH;
            case GenerationBeginRequestDecoder.TEMPLATE_ID -> GenerationBeginRequestDecoder.BLOCK_LENGTH;
            case ServiceEntryRequestDecoder.TEMPLATE_ID -> ServiceEntryRequestDecoder.BLOCK_LENGTH;
            case ServerEntryRequestDecoder.TEMPLATE_ID -> ServerEntryRequestDecoder.BLOCK_LENGTH;
            case AdjacencyEntryRequestDecoder.TEMPLATE_ID -> AdjacencyEntryRequestDecoder.BLOCK_LENGTH;
            case LocalAddressEntryRequestDecoder.TEMPLATE_ID -> LocalAddressEntryRequestDecoder.BLOCK_LENGTH;
            case AccessListEntryRequestDecoder.TEMPLATE_ID -> AccessListEntryRequestDecoder.BLOCK_LENGTH;
            case AccessPrefixesEntryRequestDecoder.TEMPLATE_ID -> AccessPrefixesEntryRequestDecoder.BLOCK_LENGTH;
            case ServiceAccessEntryRequestDecoder.TEMPLATE_ID -> ServiceAccessEntryRequestDecoder.BLOCK_LENGTH;
            case LimitEntryRequestDecoder.TEMPLATE_ID -> LimitEntryRequestDecoder.BLOCK_LENGTH;
            case ServiceLimitEntryRequestDecoder.TEMPLATE_ID -> ServiceLimitEntryRequestDecoder.BLOCK_LENGTH;
            case GenerationCommitRequestDecoder.TEMPLATE_ID -> GenerationCommitRequestDecoder.BLOCK_LENGTH;
            case ServerWeightRequestDecoder.TEMPLATE_ID -> ServerWeightRequestDecoder.BLOCK_LENGTH;
            case ServerStateRequestDecoder.TEMPLATE_ID -> ServerStateRequestDecoder.BLOCK_LENGTH;
            case ConnectionsRequestDecoder.TEMPLATE_ID -> ConnectionsRequestDecoder.BLOCK_LENGTH;
            case HelloResponseDecoder.TEMPLATE_ID -> HelloResponseDecoder.BLOCK_LENGTH;
            case HeartbeatResponseDecoder.TEMPLATE_ID -> HeartbeatResponseDecoder.BLOCK_LENGTH;
            case GenerationResponseDecoder.TEMPLATE_ID -> GenerationResponseDecoder.BLOCK_LENGTH;
            case DeltaResponseDecoder.TEMPLATE_ID -> DeltaResponseDecoder.BLOCK_LENGTH;
            case ConnectionEventDecoder.TEMPLATE_ID -> ConnectionEventDecoder.BLOCK_LENGTH;
            case ConnectionsResponseDecoder.TEMPLATE_ID -> ConnectionsResponseDecoder.BLOCK_LENGTH;
            case TemplateFeedRequestDecoder.TEMPLATE_ID -> TemplateFeedRequestDecoder.BLOCK_LENGTH;
            case TemplateRestoreRequestDecoder.TEMPLATE_ID -> TemplateRestoreRequestDecoder.BLOCK_LENGTH;
            case TemplateRestoreEndRequestDecoder.TEMPLATE_ID -> TemplateRestoreEndRequestDecoder.BLOCK_LENGTH;
            case TemplatesRequestDecoder.TEMPLATE_ID -> TemplatesRequestDecoder.BLOCK_LENGTH;
            case TemplateFeedResponseDecoder.TEMPLATE_ID -> TemplateFeedResponseDecoder.BLOCK_LENGTH;
            case TemplateEventDecoder.TEMPLATE_ID -> TemplateEventDecoder.BLOCK_LENGTH;
            case TemplatesResponseDecoder.TEMPLATE_ID -> TemplatesResponseDecoder.BLOCK_LENGTH;
            default -> -1;
        };
    }
}
