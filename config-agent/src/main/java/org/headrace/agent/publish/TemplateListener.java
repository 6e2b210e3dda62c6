package org.headrace.agent.publish;

import org.headrace.protocol.TemplateSnapshot;

/** Receives templates of session persistence from the data plane; called on the session's thread. */
public interface TemplateListener
{
    /** Wants nothing. */
    TemplateListener NONE = new TemplateListener()
    {
        @Override
        public void onTemplateFeed(final boolean isRestored)
        {
            // Never asked for.
        }

        @Override
        public void onTemplate(final TemplateSnapshot template)
        {
            // Never asked for.
        }

        @Override
        public boolean hasRoom()
        {
            return true;
        }
    };

    /**
     * Templates come from now on.
     *
     * @param isRestored false if the data plane's table is new and wants what is stored.
     */
    void onTemplateFeed(boolean isRestored);

    /** @param template that is new or has changed. */
    void onTemplate(TemplateSnapshot template);

    /** @return false to be left alone for a moment; whatever the data plane says waits then. */
    boolean hasRoom();
}
