/* Generated from docs/openapi.json by `npm run generate`. */

export interface paths {
    "/api/v1/artwork/{hash}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A cover, at most 96, 320 or 640 pixels on its longer edge. */
        get: operations["get_artwork"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who did what that has consequences, newest first. Kept for 400 days, at most 200,000 lines. */
        get: operations["list_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/{name}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What other applications tell on a channel, for members. Ids are `epoch:offset`; with `Last-Event-ID` the stream goes on
         *     from there. If that position cannot be recovered, an event named `resync` says where the stream is now.
         */
        get: operations["stream_channel"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/{name}/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes a webhook after Standard Webhooks 1.0 and publishes its body on the channel `app:{name}`, which begins with the
         *     first one. Signed with the server's webhook secret: headers `webhook-id`, `webhook-timestamp` and `webhook-signature`, or
         *     those of Svix. It is on disk before the answer; one that is sent again within seven days is answered 200 and publishes
         *     nothing. The body is a JSON object or list of at most 64 KiB.
         */
        post: operations["take_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/demo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts the demo pieces, which rookery synthesises, into the library. They appear one by one. */
        post: operations["add_demo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/guests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Joins a nest as a guest. */
        post: operations["join_as_guest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/horns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every sound there is. */
        get: operations["list_horns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/horns/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A sound as a WAV file: one channel, 16 bits, 22.05 kHz. `file` is its name and `.wav`. */
        get: operations["get_horn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Open invitations, newest first. */
        get: operations["list_invitations"];
        put?: never;
        /** Makes an invitation. Its link is shown once. */
        post: operations["create_invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a link leads to, before it is used. */
        post: operations["preview_invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/redeem": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Uses a link: joins as a new member, or signs in on another device. */
        post: operations["redeem_invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends an invitation. */
        delete: operations["revoke_invitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What pasted links lead to, each with its songs or why not. */
        post: operations["resolve_links"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/spotify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own connection with Spotify. */
        get: operations["get_spotify"];
        put?: never;
        post?: never;
        /**
         * Disconnects one's account: its tokens are forgotten, and a device that follows a nest is let go. What was granted is
         *     withdrawn at Spotify alone, at `remove_access_url`.
         */
        delete: operations["disconnect_spotify"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/spotify/client-id": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Brings a client id of one's own, to connect one's account with. */
        put: operations["bring_spotify_client_id"];
        post?: never;
        /** Takes one's client id away. Accounts that were connected with it have to be connected again. */
        delete: operations["remove_spotify_client_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/spotify/connect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins connecting one's account: send the browser to `url`. It comes back to `return_to`. */
        post: operations["connect_spotify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/spotify/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The devices of one's account that are switched on. */
        get: operations["list_spotify_devices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/spotify/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A token of one's own account for Spotify's player in this browser, good for minutes. */
        post: operations["create_spotify_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everybody who is known here, in order of arrival, with the accounts that sign them in. */
        get: operations["list_members"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/members/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Removes somebody from this server: their sessions, tokens, links and accounts end at once, and their sockets are
         *     closed. What they played, said and did stays where it is written. Nobody removes themselves, and the last administrator
         *     stays. Whoever is admitted by their address, or is invited again, comes back as somebody new.
         */
        delete: operations["remove_member"];
        options?: never;
        head?: never;
        /** Changes what somebody is on this server. The last administrator stays one. */
        patch: operations["change_member"];
        trace?: never;
    };
    "/api/v1/members/{id}/avatar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A person's picture: what they brought from the service they signed in with, else one made of their name. */
        get: operations["get_avatar"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The nests the caller may enter, the main one first. */
        get: operations["list_nests"];
        put?: never;
        /** Opens a temporary nest; the caller is its host. */
        post: operations["open_nest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A nest and the position of that state in its stream. */
        get: operations["get_nest"];
        put?: never;
        post?: never;
        /** Closes a nest for good. Only its host; the main nest stays. */
        delete: operations["close_nest"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Adds a track to the queue in its fair place; if nothing plays, it starts. */
        post: operations["nest_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/clear": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Empties the queue. */
        post: operations["nest_clear"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/comment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says something about an entry, queued or playing. The comment's id is the offset that is answered. */
        post: operations["nest_comment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/configure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Changes settings; what is absent stays. */
        post: operations["nest_configure"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/device": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The device of mine that follows the nest, and how it fares. */
        get: operations["get_nest_device"];
        /**
         * Has a device of mine follow the nest: it starts, seeks and pauses as the nest does, as long as I listen to the nest,
         *     by socket or event stream, and on after a restart of the server. How it fares is published on my channel `person:ID`. Again after I took over by hand: it goes on.
         */
        put: operations["follow_on_device"];
        post?: never;
        /** Lets the device go: it is left as it is. */
        delete: operations["let_device_go"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The events of a nest. Ids are `epoch:offset`; with `Last-Event-ID` the stream goes on from there. If that position
         *     cannot be recovered, an event named `resync` says to load the nest again.
         */
        get: operations["stream_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/filter-preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keeps what the nest would choose next from being chosen for some days. Who may skip may do it. */
        post: operations["nest_filter_preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/filtered": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tracks that people filtered and that are therefore not chosen, newest first: each can be taken back. */
        get: operations["list_filtered"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/hand-over": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes another person the host. */
        post: operations["nest_hand_over"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/horn": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Blows a horn for everybody. Beyond twenty an hour it takes a free one, if the person has one. */
        post: operations["nest_horn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/jam": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Jams along to an entry, queued or playing, or stops. */
        post: operations["nest_jam"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/kick": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Puts somebody out, with what they queued, until they are let in again. A guest may come back under another name:
         *     lock the nest, or let it take no guests.
         */
        post: operations["nest_kick"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/kicked": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who was put out of a nest and not let in again, in order of time. For its host. */
        get: operations["list_kicked"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/let-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets somebody in who was put out, or whom the locked door keeps out. */
        post: operations["nest_let_in"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/lock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets nobody in any more but who is there now, and administrators. Not the main nest. */
        post: operations["nest_lock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/look": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a stranger sees of a nest that takes guests and is not locked. */
        get: operations["look_at_nest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/look/cover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The cover of what plays in a nest that takes guests and is not locked, at most 320 pixels on its longer edge if it is
         *     the library's.
         */
        get: operations["look_at_cover"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Pauses for everybody. */
        post: operations["nest_pause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/plays": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a nest has played, newest first. */
        get: operations["list_plays"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/plays.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a nest has played, newest first, as a table with a head (RFC 4180). Times are those of the server's time zone. */
        get: operations["export_plays"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/queue-preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Adds what the nest would choose next as one's own, and jams along; a throwback is jammed by whoever queued it then. */
        post: operations["nest_queue_preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Removes an entry from the queue. */
        post: operations["nest_remove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/remove-comment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Removes a comment: one's own, or any by the host. */
        post: operations["nest_remove_comment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes a removal back. */
        post: operations["nest_restore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Resumes for everybody. */
        post: operations["nest_resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/seek": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Moves to a position in what plays. */
        post: operations["nest_seek"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/skip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Skips what plays. */
        post: operations["nest_skip"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/spotify-client-id": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The client id that the host brought. Hosts. */
        get: operations["get_nest_spotify_client_id"];
        /** Brings a client id with which people of this nest can connect their accounts. Hosts. */
        put: operations["bring_nest_spotify_client_id"];
        post?: never;
        /** Takes the nest's client id away. Accounts that were connected with it have to be connected again. Hosts. */
        delete: operations["remove_nest_spotify_client_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/throwback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What people played in a nest on the same weekday of past years, then of past weeks; of each song one play, drawn anew
         *     each time. Days are those of the server's time zone.
         */
        get: operations["throwback"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/unfilter": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets a track be chosen again that somebody filtered. Who may skip may do it. */
        post: operations["nest_unfilter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/unlock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets people in again. */
        post: operations["nest_unlock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/volume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says how loud the room is: a hint that players may follow. */
        post: operations["nest_volume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/vote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Votes on an entry, or takes the vote back. */
        post: operations["nest_vote"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nests/{code}/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The webhooks of a nest, oldest first. */
        get: operations["list_webhooks"];
        put?: never;
        /** Adds a webhook. The secret that messages in the form `signed` are signed with is shown once. */
        post: operations["create_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How the server is run: the process, the parts of the close look, alerts, the schema, backups and drills, releases and
         *     their changes, the environments that are declared, what takes room. It is looked at again after 5 s, places of backups
         *     after a minute, sizes after ten.
         */
        get: operations["get_operations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operations/webhook-secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The fingerprints of the webhook secrets, to be compared with what the other side's command prints. */
        get: operations["get_webhook_secrets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A picture that an answer about services named. Nobody's browser asks the services for pictures. */
        get: operations["get_picture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plays": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was played in all nests the caller may enter or that have ended, newest first. */
        get: operations["list_all_plays"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plays.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What all nests have played that the caller may enter or that have ended, newest first, as such a table. */
        get: operations["export_all_plays"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a visitor may know before signing in. */
        get: operations["get_server"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who this browser is signed in as. */
        get: operations["get_session"];
        put?: never;
        post?: never;
        /** Signs this browser out. */
        delete: operations["sign_out"];
        options?: never;
        head?: never;
        /** Changes one's name. */
        patch: operations["rename_me"];
        trace?: never;
    };
    "/api/v1/session/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own devices, the last used first. */
        get: operations["list_devices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/devices/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Signs a device out; its sockets are closed. */
        delete: operations["sign_out_device"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/identities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own linked accounts, oldest first. */
        get: operations["list_identities"];
        put?: never;
        /** Begins linking an account of a service, so that it signs one in from now on. */
        post: operations["link_identity"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/identities/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Unlinks an account. The last one only on express wish: afterwards nothing but links and signed-in devices lead in. */
        delete: operations["unlink_identity"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a link that signs the same person in on another device. Good once, for ten minutes. */
        post: operations["create_sign_in_link"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/socket-token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A token for a socket client that sends no cookie. It ends after ten minutes; refresh it on the live socket. */
        post: operations["create_socket_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes the first administrator. */
        post: operations["set_up"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in/{provider}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins signing in with a service: send the browser to `url`. The browser keeps the attempt in a cookie for ten minutes. */
        post: operations["start_sign_in"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in/{provider}/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The way back from a service. Sends the browser on: to where the person was, or to the sign-in page with a problem's code. */
        get: operations["finish_sign_in"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The services that are set up here, and what each can. */
        get: operations["list_sources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sources/{source}/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Looks for songs of a service. Answers are remembered for a while: services count what is asked. */
        get: operations["search_source"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sources/{source}/{kind}/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A song of a service, or a page of the songs of an album, an artist, a playlist or a show. At most 200 songs of a list
         *     can be paged through.
         */
        get: operations["open_source"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was played, in numbers. Days and hours are those of the server's time zone. */
        get: operations["get_stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stats/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How often this server asked services for something, day by day, and how that went. Whole days of the server's time
         *     zone.
         */
        get: operations["get_provider_stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stats/sign-ins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How often people signed in with other services, day by day, and how that went. Whole days of the server's time zone. */
        get: operations["get_sign_in_stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own tokens, newest first. */
        get: operations["list_tokens"];
        put?: never;
        /** Makes a token. Its secret is shown once. */
        post: operations["create_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revokes a token; its sockets are closed. */
        delete: operations["revoke_token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tracks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tracks of the library. */
        get: operations["list_tracks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tracks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One track of the library, or one song from elsewhere that is known here: the latter has a `source`. */
        get: operations["get_track"];
        put?: never;
        post?: never;
        /** Deletes a track. Whoever added it, or an administrator. */
        delete: operations["delete_track"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tracks/{id}/artwork": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The picture of a song from elsewhere: the service's, else the cover of the same song of the library. */
        get: operations["get_track_artwork"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tracks/{id}/elsewhere": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The same song elsewhere: in the library, and at the other services that are set up here, found by its ISRC, else by
         *     artist, title and length.
         */
        get: operations["get_elsewhere"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tracks/{id}/outside-stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where the sound of a song of SoundCloud is, for minutes. For players that fetch it piece by piece; others follow the
         *     redirect of `/stream`.
         */
        get: operations["get_outside_stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tracks/{id}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The sound of a track, as every browser plays it; of a song from elsewhere, the same song of the library,
         *     else where its service has it. Single and multiple ranges, conditional requests, immutable.
         */
        get: operations["stream_track"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tracks/{id}/waveform": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The shape of a track's loudness. */
        get: operations["get_waveform"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Adds a file to the library. The body is the file. */
        post: operations["upload_track"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a webhook. */
        delete: operations["delete_webhook"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts a webhook that was given up to work again, from now on. */
        post: operations["resume_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a message that only says that messages arrive, and waits for the answer. */
        post: operations["test_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process lives. Touches nothing. */
        get: operations["get_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/deep": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How each part is: the database written and read, the schema, disks, memory, backups, certificates, background work, the
         *     clock, the bus; and which alerts are on. It is looked at again after 5 s.
         */
        get: operations["get_deep_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the server can serve: its database answers, its files can be written, and it is not going away. */
        get: operations["get_readiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A command was accepted: it is in the log and will be, or was, published. */
        Accepted: {
            /**
             * Format: int64
             * @description The entry that was added, for `add`.
             */
            entry?: number | null;
            /**
             * Format: int64
             * @description The nest's offset after the command.
             */
            offset: number;
        };
        /**
         * @description Something a nest may allow or forbid.
         * @enum {string}
         */
        Action: "add" | "vote" | "jam" | "comment" | "horn" | "remove_others" | "clear" | "pause" | "skip" | "seek" | "volume" | "configure";
        /** @description An alert that is on. */
        ActiveAlert: {
            /** @description Of what, where there are several: a disk, a certificate. */
            about: string;
            /** @description Whether it has lasted long enough to be told; else it is pending. */
            firing: boolean;
            /** @description The rule's name. */
            rule: string;
            /**
             * Format: int64
             * @description Since when.
             */
            since_ms: number;
            /** @description What was seen. */
            value: string;
        };
        /** @description `POST /api/v1/nests/{code}/add`. */
        AddBody: {
            /**
             * @description A song of a service, as in `spotify:track:…`, `spotify:episode:…`, `youtube:…` or `soundcloud:…`. What the service
             *     says of it is fetched by the server.
             */
            source?: string | null;
            /** @description Id of a playable track; this or `source`. */
            track_id?: string | null;
        };
        /** @description What the server watches of itself. */
        AlertsState: {
            /** @description What is bad now. */
            open: components["schemas"]["OpenAlert"][];
            /**
             * Format: int32
             * @description How many rules there are.
             */
            rules: number;
        };
        /** @description A track of the library, or a song from elsewhere: only the latter has a `source`. `GET /api/v1/tracks/{id}`. */
        AnyTrack: components["schemas"]["Track"] | components["schemas"]["OutsideTrack"];
        /** @description An API token, without its secret. */
        ApiToken: {
            /**
             * Format: int64
             * @description When it was made.
             */
            created_at_ms: number;
            /**
             * Format: int64
             * @description When it ends; absent: until it is revoked.
             */
            expires_at_ms?: number | null;
            /** @description Id. */
            id: string;
            /** @description What it is for. */
            label: string;
            /**
             * Format: int64
             * @description When it was last used, within a minute.
             */
            last_used_at_ms?: number | null;
            /** @description What it may do. */
            scopes: components["schemas"]["Scope"][];
        };
        /** @description A publication on `app:NAME`: what another application told. */
        AppPublication: {
            /**
             * Format: int64
             * @description When it came in.
             */
            at_ms: number;
            /** @description Its body: a JSON object or list, as its sender wrote it. */
            body: unknown;
            /** @description The webhook's id. */
            id: string;
        };
        /**
         * @description How a file's sound is encoded, found from its content.
         * @enum {string}
         */
        AudioFormat: "mp3" | "flac" | "vorbis" | "opus" | "aac" | "alac" | "wav" | "aiff";
        /** @description A line of the audit log. */
        AuditEntry: {
            /** @description What, as in `signed_in`. More may come. */
            action: string;
            /**
             * Format: int64
             * @description When.
             */
            at_ms: number;
            /** @description The id of whoever did it; absent: the server itself, or somebody unknown. */
            by?: string | null;
            /** @description Their name as it is now; absent when they are gone. */
            by_name?: string | null;
            /** @description A few words. */
            detail: string;
            /** @description Id; later lines sort later. */
            id: string;
            /** @description The network it came from, as in `203.0.113.0/24`; never a whole address. Empty if it is not known. */
            network: string;
            /** @description The id of what it was done to; empty if that is the person alone. */
            subject: string;
        };
        /** @description Lines of the audit log, newest first. `GET /api/v1/audit`. */
        AuditPage: {
            /** @description Every action there is, for a filter. */
            actions: string[];
            /** @description The lines. */
            entries: components["schemas"]["AuditEntry"][];
            /** @description Where to go on; absent at the end. */
            next_cursor?: string | null;
        };
        /** @description What a nest is doing by itself. */
        Autofill: {
            preview?: components["schemas"]["Preview"] | null;
            /** @description Whether it would play on. Whether it is turned on at all is in the settings. */
            state: components["schemas"]["AutofillState"];
        };
        /** @description How a nest plays on by itself. */
        AutofillRules: {
            /**
             * Format: int32
             * @description How many entries are kept ready, 0 to 10. 0: one, when it is needed.
             */
            depth: number;
            /**
             * Format: int32
             * @description For how many days what a person added or filtered is not chosen, 0 to 365.
             */
            filter_days: number;
            /** @description The genre it starts from before anything was played, at most 60 characters; empty: none. */
            genre: string;
            /**
             * Format: int32
             * @description After how many minutes without an entry of a person the nest falls silent, 0 to 10,080. 0: never.
             */
            streak_minutes_max: number;
            /** @description How often each strategy is asked. */
            weights: components["schemas"]["AutofillWeights"];
        };
        /**
         * @description Whether a nest plays on by itself.
         * @enum {string}
         */
        AutofillState: "ready" | "resting";
        /** @description `POST /api/v1/nests/{code}/queue-preview`, `…/filter-preview` and `…/unfilter`. */
        AutofillTrackBody: {
            /**
             * @description Id of the track that is meant. If the preview is another by then, nothing happens and `other_preview` is answered;
             *     `unfilter` takes any track, and does nothing if nobody filtered it.
             */
            track_id: string;
        };
        /** @description How often each strategy is asked, relative to the others: 0 (never) to 100. */
        AutofillWeights: {
            /**
             * Format: int32
             * @description On the same album.
             */
            album: number;
            /**
             * Format: int32
             * @description By the same artist.
             */
            artist: number;
            /**
             * Format: int32
             * @description By artists who share a credit.
             */
            collaborators: number;
            /**
             * Format: int32
             * @description Loved, and not played for long.
             */
            favourites: number;
            /**
             * Format: int32
             * @description Of the same genre.
             */
            genre: number;
            /**
             * Format: int32
             * @description Anything. What is drawn when the others find nothing, whatever its weight.
             */
            library: number;
            /**
             * Format: int32
             * @description About as loud.
             */
            sound: number;
            /**
             * Format: int32
             * @description Played on the same weekday, in past years first.
             */
            throwback: number;
        };
        /** @description A whole copy. */
        BackupCopy: {
            /**
             * Format: int64
             * @description Everything it holds, before it is packed; copies share what did not change.
             */
            bytes?: number | null;
            /**
             * Format: int64
             * @description When it was restored and compared; nothing: it was not yet.
             */
            checked_at_ms?: number | null;
            /** @description What was wrong with it then. */
            fault?: string | null;
            /** @description Its name. */
            id: string;
            /**
             * Format: int64
             * @description The instant it shows.
             */
            taken_at_ms: number;
        };
        /** @description A place of backups. */
        BackupPlace: {
            /**
             * Format: int32
             * @description How many whole copies there are.
             */
            copies: number;
            drill?: components["schemas"]["DrillState"] | null;
            /** @description Why nothing, or no more, is known of it. */
            fault?: string | null;
            newest?: components["schemas"]["BackupCopy"] | null;
            newest_sound?: components["schemas"]["BackupCopy"] | null;
            /** @description Whether it is somewhere else than on the disk of the data. */
            off_site: boolean;
            /** @description Where, as it is declared. */
            place: string;
        };
        /** @description Backups. */
        BackupsState: {
            /**
             * Format: int64
             * @description How often a whole copy is made.
             */
            every_s?: number | null;
            /**
             * Format: int64
             * @description When the places were looked at: that is done once a minute at most.
             */
            looked_at_ms?: number | null;
            /** @description Every place; none: no backups are set up. */
            places: components["schemas"]["BackupPlace"][];
            /**
             * @description Whether every place takes the log of the database, so that any instant can be restored; nothing where another
             *     process ships it, or it has none to ship.
             */
            shipping?: boolean | null;
            /**
             * Format: double
             * @description For how long the oldest part of the log has been waiting for a place.
             */
            shipping_lag_s?: number | null;
        };
        /** @description Why a nest chose a track. */
        Because: {
            /** @description What speaks for it. */
            reason: components["schemas"]["Reason"];
            seed?: components["schemas"]["Seed"] | null;
        };
        /**
         * @description How a call to a service went.
         * @enum {string}
         */
        CallOutcome: "answered" | "refused" | "limited" | "failed";
        /** @description How close the machine came to its ends, and what grows. */
        CapacityState: {
            /**
             * Format: int32
             * @description So many days are looked at, today too; the server may have counted for fewer.
             */
            days: number;
            /** @description The most that was taken of each at once; none where nobody counted. */
            peaks: components["schemas"]["Peak"][];
        };
        /** @description `PATCH /api/v1/members/{id}`. */
        ChangeMemberBody: {
            /** @description `member` or `administrator`. */
            role: components["schemas"]["ServerRole"];
        };
        /**
         * @description Who chose what was played.
         * @enum {string}
         */
        ChosenBy: "people" | "autofill";
        /** @description The answer to the rpc `clock`: when the server read the question and when it wrote this. */
        ClockSample: {
            /**
             * Format: int64
             * @description Microseconds since 1970 by the server's clock.
             */
            received_us: number;
            /**
             * Format: int64
             * @description Microseconds since 1970 by the server's clock.
             */
            sent_us: number;
        };
        /** @description What somebody says about an entry. */
        Comment: {
            /**
             * Format: int64
             * @description When.
             */
            at_ms: number;
            /** @description Person id. */
            by: string;
            /**
             * Format: int64
             * @description Id, unique within the nest: the offset of the event that brought it.
             */
            id: number;
            /** @description The name at that moment. */
            name: string;
            /** @description What they say: one line of 1 to 280 characters, as typed. Text, never markup. */
            text: string;
        };
        /** @description `POST /api/v1/nests/{code}/comment`. */
        CommentBody: {
            /**
             * Format: int64
             * @description The entry: queued, or playing.
             */
            entry: number;
            /** @description What to say, 1 to 280 characters in one line. Line breaks become spaces; what controls the text around is dropped. */
            text: string;
        };
        /** @description `POST /api/v1/nests/{code}/configure`: what is absent stays. */
        ConfigureBody: {
            /** @description Whether the nest plays on from the library when the queue runs dry. */
            autofill?: boolean | null;
            autofill_rules?: components["schemas"]["AutofillRules"] | null;
            /**
             * Format: int32
             * @description How many jams by others earn a free horn, 0 to 100. 0: none are to be had.
             */
            free_horn_jams?: number | null;
            /** @description What guests may do. */
            guest_actions?: components["schemas"]["Action"][] | null;
            /** @description Whether people who only give a name may take part. */
            guests_allowed?: boolean | null;
            /** @description What members may do. */
            member_actions?: components["schemas"]["Action"][] | null;
            /** @description Name, 1 to 60 characters. */
            name?: string | null;
            ordering?: components["schemas"]["Ordering"] | null;
            /**
             * Format: int32
             * @description How many entries the queue may hold, 1 to 500.
             */
            queue_entries_max?: number | null;
            /** @description The word that leads to it; empty: none. The host's to say. */
            slug?: string | null;
        };
        /** @description `POST /api/v1/me/spotify/connect`. */
        ConnectSpotifyBody: {
            /** @description The code of a nest whose client id may be used. */
            nest?: string | null;
            /** @description The page of this server to come back to; `/settings` unless said. What went wrong is added as `?problem=CODE`. */
            return_to?: string | null;
        };
        /** @description Who put something into a nest. */
        Contributor: {
            /** @description Id. */
            id: string;
            /** @enum {string} */
            kind: "person";
            /** @description The name at that moment. */
            name: string;
        } | {
            /** @enum {string} */
            kind: "autofill";
        };
        /** @description `POST /api/v1/invitations`. */
        CreateInvitationBody: {
            /**
             * Format: int64
             * @description How long it lasts, one minute to 30 days.
             */
            expires_in_s: number;
            /** @description `member` or `administrator`. */
            role: components["schemas"]["ServerRole"];
            /**
             * Format: int32
             * @description How many people may use it, 1 to 100.
             */
            uses_max: number;
        };
        /** @description `POST /api/v1/tokens`. */
        CreateTokenBody: {
            /**
             * Format: int64
             * @description How long it lasts, up to 366 days; absent: until it is revoked.
             */
            expires_in_s?: number | null;
            /** @description What it is for, 1 to 80 characters. */
            label: string;
            /** @description What it may do; at least one. */
            scopes: components["schemas"]["Scope"][];
        };
        /** @description `POST /api/v1/nests/{code}/webhooks`. */
        CreateWebhookBody: {
            /** @description What is told; at least one. */
            events: components["schemas"]["WebhookEvent"][];
            /** @description How they are written. */
            form: components["schemas"]["WebhookForm"];
            /** @description Where messages go: https, on the public network. */
            url: string;
        };
        /** @description A new invitation with its link, shown once. */
        CreatedInvitation: {
            /** @description The invitation. */
            invitation: components["schemas"]["Invitation"];
            /** @description The link to hand on. */
            url: string;
        };
        /** @description A new API token with its secret, shown once. */
        CreatedToken: {
            /** @description The secret: send it as `Authorization: Bearer …`. */
            secret: string;
            /** @description The token. */
            token: components["schemas"]["ApiToken"];
        };
        /** @description A webhook was made. */
        CreatedWebhook: {
            /** @description What messages are signed with (`whsec_…`); shown once, and only for the form `signed`. */
            secret?: string | null;
            /** @description The webhook. */
            webhook: components["schemas"]["Webhook"];
        };
        /** @description Somebody, with the name at that moment. */
        Credit: {
            /** @description Id. */
            id: string;
            /** @description The name at that moment. */
            name: string;
        };
        /** @description A day by the server's time zone. */
        DayStats: {
            /** @description The date, `2026-11-20`. */
            date: string;
            /**
             * Format: int64
             * @description How many songs were played.
             */
            plays: number;
        };
        /** @description An environment as it is declared. */
        DeclaredEnvironment: {
            /** @description Where its backups go. */
            backups: string[];
            /** @description How many hourly, daily, weekly and monthly copies stay. */
            backups_kept?: number[] | null;
            /** @description Percent of people a release is tried on, step by step; none: it is not. */
            canary: number[];
            /** @description Whether it is not for everybody. */
            closed: boolean;
            /** @description Whether this process is of it. */
            here: boolean;
            /**
             * Format: int32
             * @description For how many days logs stay.
             */
            logs_days?: number | null;
            /** @description The machine or app. */
            machine: string;
            /**
             * Format: int32
             * @description Memory a process may take, in MiB.
             */
            memory_mib?: number | null;
            /** @description Its name. */
            name: string;
            /** @description The environment whose releases it takes. */
            promote_from?: string | null;
            /**
             * Format: int32
             * @description How many releases stay.
             */
            releases_kept?: number | null;
            /** @description `local`, `ssh`, `compose`, `fly` or `digitalocean`. */
            target: string;
            /** @description `local`, `manual`, `push` or `release`: what brings releases there. */
            trigger: string;
            /** @description Of which branch, or of which kind. */
            trigger_of?: string | null;
            /** @description The address people use. */
            url: string;
            /**
             * Format: double
             * @description US dollars a month it may cost.
             */
            usd_month?: number | null;
        };
        /** @description `GET /health/deep`: 200 when every part is well, 503 otherwise; for administrators. */
        DeepHealth: {
            /** @description What is bad now, and who watches tells of. */
            alerts: components["schemas"]["ActiveAlert"][];
            /**
             * Format: int64
             * @description When somebody looked; it is not looked again for a few seconds.
             */
            at_ms: number;
            /** @description Each part. */
            parts: components["schemas"]["HealthPart"][];
            /** @description Whether every part is well. */
            well: boolean;
        };
        /** @description A browser or app that is signed in. */
        Device: {
            /**
             * Format: int64
             * @description When it signed in.
             */
            created_at_ms: number;
            /** @description Whether it is the one asking. */
            current: boolean;
            /** @description Id. */
            id: string;
            /** @description What it calls itself, for example `Firefox on Linux`. */
            label: string;
            /**
             * Format: int64
             * @description When it was last heard of, within a minute.
             */
            last_seen_at_ms: number;
        };
        /** @description A disk. */
        DiskState: {
            /**
             * Format: int64
             * @description Bytes that are free.
             */
            free_bytes: number;
            /** @description What is on it, as alerts name it. */
            name: string;
            /** @description How it is. */
            state: components["schemas"]["PartState"];
            /**
             * Format: int64
             * @description Bytes it has.
             */
            total_bytes: number;
        };
        /** @description How a drill went. */
        DrillState: {
            /**
             * Format: int64
             * @description Which instant was to be restored.
             */
            asked_ms: number;
            /**
             * Format: int64
             * @description When it was.
             */
            at_ms: number;
            /** @description What was wrong; nothing if the copy was sound. */
            faults: string[];
            /**
             * Format: int64
             * @description How long restoring and looking took.
             */
            took_ms: number;
        };
        /** @description The same song at other services. `GET /api/v1/tracks/{id}/elsewhere`. */
        Elsewhere: {
            /** @description The track of the library; it is heard before any other. */
            library?: string | null;
            /** @description One song a service, of those that are set up here; never of the song's own service. */
            tracks: components["schemas"]["SourceTrack"][];
        };
        /** @description `POST /api/v1/nests/{code}/remove`. */
        EntriesBody: {
            /**
             * Format: int64
             * @description The entry.
             */
            entry: number;
        };
        /** @description A track in a nest's queue, or playing. The queue is ordered by `(score, id)`, ascending. */
        Entry: {
            /**
             * Format: int64
             * @description When.
             */
            added_at_ms: number;
            /** @description Who added it. */
            added_by: components["schemas"]["Contributor"];
            because?: components["schemas"]["Because"] | null;
            /** @description What people say about it, in order of time. A playing entry keeps them. */
            comments: components["schemas"]["Comment"][];
            /**
             * Format: int64
             * @description Id, unique within the nest; later entries have larger ids.
             */
            id: number;
            /** @description Who jams along, in order of time. A playing entry keeps them. */
            jams: components["schemas"]["Jam"][];
            /**
             * Format: double
             * @description Its place in the order.
             */
            score: number;
            /**
             * Format: int32
             * @description Votes for, less votes against. A vote against the last entry has nowhere to send it and does not count.
             */
            tally: number;
            /** @description The track. */
            track: components["schemas"]["TrackSummary"];
            /** @description Who voted. */
            votes: components["schemas"]["Votes"];
        };
        /** @description A face of somebody who listens: no name, no id, no picture that they brought. */
        Face: {
            /**
             * Format: int32
             * @description Their colour: a hue, 0 to 359.
             */
            hue: number;
            /** @description One or two letters. */
            initials: string;
        };
        /** @description A track that somebody filtered. `GET /api/v1/nests/{code}/filtered`, newest first. */
        FilteredTrack: {
            /**
             * Format: int64
             * @description When.
             */
            at_ms: number;
            by?: components["schemas"]["Credit"] | null;
            /** @description The track. */
            track: components["schemas"]["TrackSummary"];
            /**
             * Format: int64
             * @description Until when it is not chosen.
             */
            until_ms: number;
        };
        /** @description `PUT /api/v1/nests/{code}/device`: this device follows the nest from now on, and no other of mine any nest. */
        FollowBody: {
            /** @description Id of a device of one's own account. */
            device: string;
        };
        /** @description A device of mine that follows the nest. `GET /api/v1/nests/{code}/device`. */
        Following: {
            /** @description The same for a person, with what to do. */
            detail: string;
            /** @description The device. */
            device: string;
            /** @description Its name. */
            device_name: string;
            /** @description How it fares. */
            state: components["schemas"]["FollowingState"];
        };
        /**
         * @description How a device that follows a nest fares.
         * @enum {string}
         */
        FollowingState: "waiting" | "nest_silent" | "library_plays" | "other_service_plays" | "starting" | "in_step" | "no_device" | "not_playable" | "unreachable" | "taken_over_paused" | "taken_over_resumed" | "taken_over_other_track" | "taken_over_jumped" | "taken_over_other_device" | "ended_premium_required" | "ended_sign_in_again" | "ended_device_refuses";
        /** @description `POST /api/v1/guests`: join a nest by name. */
        GuestBody: {
            /** @description The guest's name, 1 to 40 characters. */
            name: string;
            /** @description The code of the nest whose link was followed. */
            nest: string;
        };
        /** @description `POST /api/v1/nests/{code}/hand-over`. */
        HandOverBody: {
            /** @description Id of the new host. */
            member: string;
        };
        /** @description `GET /health`: exactly this, touching nothing. */
        Health: {
            /** @description Always `ok`. */
            status: string;
        };
        /** @description A part of the server, looked at closely. */
        HealthPart: {
            /** @description What to do, when it is not well. */
            advice?: string | null;
            /** @description `database`, `schema`, `disk`, `memory`, `backups`, `certificate`, `jobs`, `clock` or, where there is one, `bus`. */
            name: string;
            /** @description How it is. */
            state: components["schemas"]["PartState"];
            /** @description What was seen. */
            value: string;
        };
        /** @description A horn that was blown. */
        Horn: {
            /**
             * Format: int64
             * @description When.
             */
            at_ms: number;
            /** @description Person id. Whoever does not want to hear somebody's horns leaves them out by this. */
            by: string;
            /**
             * Format: int64
             * @description The entry that played.
             */
            entry: number;
            /** @description Whether it was a free one, blown beyond what a person may in an hour. */
            free: boolean;
            /**
             * Format: int64
             * @description Id, unique within the nest: the offset of the event that brought it.
             */
            id: number;
            /** @description The name at that moment. */
            name: string;
            /** @description Which sound: a name of `GET /api/v1/horns`. */
            sound: string;
            /** @description The title of its track. */
            title: string;
        };
        /** @description `POST /api/v1/nests/{code}/horn`. */
        HornBody: {
            /** @description Which sound: a name of `GET /api/v1/horns`. */
            sound: string;
        };
        /** @description A sound that horns can make. `GET /api/v1/horns` */
        HornSound: {
            /**
             * Format: int64
             * @description How long it is, at most 2,500.
             */
            duration_ms: number;
            /** @description What people call it, in English. */
            label: string;
            /** @description Its name in commands and events. */
            name: string;
            /** @description Where it is: a WAV file that never changes. */
            url: string;
        };
        /** @description An account of another service that signs a member in. Only its owner and administrators see it. */
        Identity: {
            /** @description The verified address, as of the last sign-in. */
            address: string;
            /**
             * Format: int64
             * @description When it was linked.
             */
            created_at_ms: number;
            /** @description Id. */
            id: string;
            /**
             * Format: int64
             * @description When it last signed somebody in.
             */
            last_used_at_ms: number;
            /** @description The service's name for people. */
            provider_name: string;
        };
        /** @description An invitation, as its maker sees it. */
        Invitation: {
            /**
             * Format: int64
             * @description When it was made.
             */
            created_at_ms: number;
            /**
             * Format: int64
             * @description When it ends.
             */
            expires_at_ms: number;
            /** @description Id. */
            id: string;
            /** @description What it makes of people. */
            role: components["schemas"]["ServerRole"];
            /**
             * Format: int32
             * @description How many people may still use it.
             */
            uses_left: number;
        };
        /** @description What an invitation's link leads to, before it is used. `GET /api/v1/invitations/preview?token=…` */
        InvitationPreview: {
            /** @description Who invites. */
            invited_by: string;
            /** @description What it makes of the visitor. */
            role: components["schemas"]["ServerRole"];
            /** @description The community's name. */
            server_name: string;
            /** @description Set when the link signs an existing person in on another device: no name is asked then. */
            signs_in_as?: string | null;
        };
        /** @description Somebody who jams along to an entry. */
        Jam: {
            /**
             * Format: int64
             * @description When.
             */
            at_ms: number;
            /** @description Person id. */
            by: string;
            /** @description The name at that moment. */
            name: string;
        };
        /** @description `POST /api/v1/nests/{code}/jam`. */
        JamBody: {
            /**
             * Format: int64
             * @description The entry: queued, or playing.
             */
            entry: number;
            /** @description Whether to jam along, or to stop. The same again changes nothing and is no error. */
            on: boolean;
        };
        /** @description Jams of one person along to what another one had added. */
        JamStats: {
            /** @description Who jammed along. */
            by: components["schemas"]["Credit"];
            /**
             * Format: int64
             * @description How often.
             */
            jams: number;
            /** @description Whose songs it were. */
            of: components["schemas"]["Credit"];
        };
        /** @description A release that is on the machine. */
        KeptRelease: {
            /** @description Which. */
            id: string;
            /** @description Whether it was brought, looked at, watched and confirmed here, and not put back since. */
            proven: boolean;
        };
        /** @description Somebody who was put out of a nest, with the name at that moment. `GET /api/v1/nests/{code}/kicked` */
        Kicked: {
            /** @description Id. */
            id: string;
            /** @description Name. */
            name: string;
        };
        /** @description What a link leads to. */
        Link: {
            collection?: components["schemas"]["SourceCollection"] | null;
            /**
             * Format: int32
             * @description How many a list has beyond these.
             */
            left_out: number;
            refused?: components["schemas"]["SourceRefusal"] | null;
            service?: components["schemas"]["MusicService"] | null;
            /** @description The page it leads to; of a text that is no link, the text, at most 200 characters. */
            text: string;
            /** @description The songs, at most 200 of a list. */
            tracks: components["schemas"]["SourceTrack"][];
        };
        /** @description `POST /api/v1/session/identities`. */
        LinkIdentityBody: {
            /** @description The id of the service. */
            provider: string;
            /** @description The page of this server to come back to; `/settings` unless said. */
            return_to?: string | null;
        };
        /** @description What the links of a text lead to, in their order. At most 20 are followed; further ones say so. */
        Links: {
            /** @description A link each. */
            links: components["schemas"]["Link"][];
        };
        /** @description `POST /api/v1/links`. */
        LinksBody: {
            /** @description What was pasted: any text with links and URIs in it, at most 20,000 characters. */
            text: string;
        };
        /** @description What presence and joins say of a listener (`conn_info`). */
        ListenerInfo: {
            /** @description Name. */
            name: string;
        };
        /** @description A person, as administrators see them. */
        Member: {
            /**
             * Format: int64
             * @description When they came.
             */
            created_at_ms: number;
            /** @description Id. */
            id: string;
            /** @description The accounts that sign them in. */
            identities: components["schemas"]["Identity"][];
            /**
             * Format: int64
             * @description When they were last heard of, within a minute; absent: not since that is kept.
             */
            last_seen_at_ms?: number | null;
            /** @description Name. */
            name: string;
            /** @description What they are on this server. */
            role: components["schemas"]["ServerRole"];
        };
        /** @description People in order of arrival. `GET /api/v1/members`. */
        MemberPage: {
            /** @description The people. */
            members: components["schemas"]["Member"][];
            /** @description Where to go on; absent at the end. */
            next_cursor?: string | null;
        };
        /**
         * @description A service that has songs of its own.
         * @enum {string}
         */
        MusicService: "spotify" | "youtube" | "soundcloud";
        /** @description What happened in a nest. */
        NestEvent: {
            /** @description Its host. */
            host?: string | null;
            /** @description Its settings. */
            settings: components["schemas"]["NestSettings"];
            /** @enum {string} */
            type: "opened";
        } | {
            /** @description The entry. */
            entry: components["schemas"]["Entry"];
            /** @description Other entries whose score changed to make room; almost always empty. */
            rescored: components["schemas"]["Standing"][];
            /** @enum {string} */
            type: "entry_added";
        } | {
            /**
             * Format: int64
             * @description The entry.
             */
            entry: number;
            /** @enum {string} */
            type: "entry_removed";
        } | {
            /** @description The entry. */
            entry: components["schemas"]["Entry"];
            /** @enum {string} */
            type: "entry_restored";
        } | {
            /** @enum {string} */
            type: "queue_cleared";
        } | {
            /** @description The voter's vote now. */
            direction: components["schemas"]["VoteDirection"];
            /**
             * Format: int64
             * @description The entry.
             */
            entry: number;
            /** @description The entry's new place, and that of others if they had to make room. */
            rescored: components["schemas"]["Standing"][];
            /**
             * Format: int32
             * @description The entry's tally after it.
             */
            tally: number;
            /** @enum {string} */
            type: "vote_cast";
            /** @description Id of the voter. */
            voter: string;
        } | {
            /**
             * Format: int64
             * @description The entry.
             */
            entry: number;
            /** @description Id of the person. */
            member: string;
            /** @description Their name at that moment. */
            name: string;
            /** @description Whether they jam along now. When they began is the publication's `at_ms`. */
            on: boolean;
            /** @enum {string} */
            type: "jammed";
        } | {
            /** @description What. */
            comment: components["schemas"]["Comment"];
            /**
             * Format: int64
             * @description The entry.
             */
            entry: number;
            /** @enum {string} */
            type: "commented";
        } | {
            /**
             * Format: int64
             * @description The comment.
             */
            comment: number;
            /**
             * Format: int64
             * @description The entry.
             */
            entry: number;
            /** @enum {string} */
            type: "comment_removed";
        } | {
            /**
             * Format: int64
             * @description The entry.
             */
            entry: number;
            /** @description Id of the person. */
            member: string;
            /** @enum {string} */
            type: "free_horn_earned";
        } | {
            /** @description The horn. If it is a free one, its person has one less. */
            horn: components["schemas"]["Horn"];
            /** @enum {string} */
            type: "horn_blown";
        } | {
            /**
             * Format: int32
             * @description How loud, 0 to 100.
             */
            percent: number;
            /** @enum {string} */
            type: "volume_changed";
        } | {
            preview?: components["schemas"]["Preview"] | null;
            /** @enum {string} */
            type: "autofill_previewed";
        } | {
            /** @enum {string} */
            type: "autofill_rested";
        } | {
            /** @description Id of the track. */
            track_id: string;
            /** @enum {string} */
            type: "track_filtered";
        } | {
            /** @description Id of the track. */
            track_id: string;
            /** @enum {string} */
            type: "track_unfiltered";
        } | {
            /**
             * Format: int64
             * @description The entry.
             */
            entry: number;
            /**
             * Format: int64
             * @description The server time at which position 0 is heard.
             */
            started_at_ms: number;
            /** @enum {string} */
            type: "playback_started";
        } | {
            /** @description What was done. */
            change: components["schemas"]["PlaybackChange"];
            /** @description The clock. */
            playback: components["schemas"]["Playback"];
            /** @enum {string} */
            type: "playback_changed";
        } | {
            /**
             * Format: int64
             * @description The entry.
             */
            entry: number;
            /** @description How. */
            outcome: components["schemas"]["Outcome"];
            /** @enum {string} */
            type: "playback_ended";
        } | {
            /** @description Entries that got another score, because the ordering changed. */
            rescored: components["schemas"]["Standing"][];
            /** @description All of them. */
            settings: components["schemas"]["NestSettings"];
            /** @enum {string} */
            type: "settings_changed";
        } | {
            /** @description Id of the host. */
            host?: string | null;
            /** @enum {string} */
            type: "host_changed";
        } | {
            /** @enum {string} */
            type: "locked";
        } | {
            /** @enum {string} */
            type: "unlocked";
        } | {
            /** @description Id of the person. */
            member: string;
            /** @description Their name at that moment. */
            name: string;
            /** @enum {string} */
            type: "kicked";
        } | {
            /** @description Id of the person. */
            member: string;
            /** @enum {string} */
            type: "let_in";
        } | {
            /** @enum {string} */
            type: "closed";
        };
        /** @description A look through the window of a nest that takes guests and is not locked. `GET /api/v1/nests/{code}/look` */
        NestLook: {
            /** @description The cover of what plays, for whoever looks; absent: nothing plays, or it has none. Another cover has another address. */
            cover_url?: string | null;
            /** @description Some of them, at most 12. */
            faces: components["schemas"]["Face"][];
            /**
             * Format: int32
             * @description How many people are listening.
             */
            listener_count: number;
            /** @description Its name. */
            name: string;
        };
        /** @description A publication on `nest:CODE`. */
        NestPublication: {
            /**
             * Format: int64
             * @description When it was decided.
             */
            at_ms: number;
            /** @description Id of the person who caused it; absent when the nest did so itself. */
            by?: string | null;
            /** @description What happened. */
            event: components["schemas"]["NestEvent"];
        };
        /** @description What can be set about a nest. */
        NestSettings: {
            /** @description Whether the nest plays on from the library when the queue runs dry. */
            autofill: boolean;
            /** @description How it does so. */
            autofill_rules: components["schemas"]["AutofillRules"];
            /**
             * Format: int32
             * @description How many jams by others earn whoever added an entry a free horn, 0 to 100. 0: none are to be had.
             */
            free_horn_jams: number;
            /** @description What guests may do. */
            guest_actions: components["schemas"]["Action"][];
            /** @description Whether people who only give a name may take part. */
            guests_allowed: boolean;
            /** @description What members may do. The host may always do everything. */
            member_actions: components["schemas"]["Action"][];
            /** @description Name, 1 to 60 characters. */
            name: string;
            /** @description In which order it plays what waits. */
            ordering: components["schemas"]["Ordering"];
            /**
             * Format: int32
             * @description How many entries the queue may hold, 1 to 500.
             */
            queue_entries_max: number;
            /** @description The word that leads to it, `https://…/friday-night`, if its host chose one. */
            slug?: string | null;
        };
        /** @description A nest and the position of that state in its stream. `GET /api/v1/nests/{code}` */
        NestSnapshot: {
            /** @description The stream's epoch. */
            epoch: string;
            /**
             * Format: int64
             * @description The offset of the last event that is in `state`: subscribe from here.
             */
            offset: number;
            /**
             * Format: int64
             * @description The server's time.
             */
            server_time_ms: number;
            /** @description The state. */
            state: components["schemas"]["NestState"];
        };
        /** @description Everything a client needs to show a nest. */
        NestState: {
            /** @description What it does by itself. */
            autofill: components["schemas"]["Autofill"];
            /** @description Whether the nest has been closed for good. */
            closed: boolean;
            /** @description Code. */
            code: string;
            /** @description How many free horns people have: person id to a number above zero. */
            free_horns: {
                [key: string]: number;
            };
            /** @description The last horns, at most 50, in order of time. */
            horns: components["schemas"]["Horn"][];
            /** @description Id of the host; absent for the main nest, which administrators host. */
            host?: string | null;
            /** @description Whether nobody comes in any more but who was there when it was locked. */
            locked: boolean;
            playing?: components["schemas"]["Playing"] | null;
            /** @description What comes next, in order. */
            queue: components["schemas"]["Entry"][];
            /** @description Settings. */
            settings: components["schemas"]["NestSettings"];
            /**
             * Format: int32
             * @description How loud the room is, 0 to 100: a hint that players may follow.
             */
            volume_percent: number;
        };
        /** @description A nest in a list. */
        NestSummary: {
            /** @description Code. */
            code: string;
            /**
             * Format: int64
             * @description When it was opened.
             */
            created_at_ms: number;
            /** @description Whether people who only give a name may take part. */
            guests_allowed: boolean;
            /**
             * Format: int32
             * @description How many people are listening.
             */
            listener_count: number;
            /** @description Whether nobody comes in any more but who was there when it was locked. */
            locked: boolean;
            /** @description Name. */
            name: string;
            playing?: components["schemas"]["TrackSummary"] | null;
            /**
             * Format: int32
             * @description How many entries are queued.
             */
            queue_count: number;
            /** @description The link to hand on. */
            url: string;
        };
        /** @description Something bad. */
        OpenAlert: {
            /** @description Of what, where there are several: a disk, a certificate. */
            about: string;
            /** @description Whether it has lasted long enough to be told; else it is pending. */
            firing: boolean;
            /** @description The rule's name. */
            rule: string;
            /** @description The part of the manual that says what to do. */
            runbook: string;
            /**
             * Format: int64
             * @description Since when.
             */
            since_ms: number;
            /** @description What is the matter, in a sentence. */
            summary: string;
            /** @description `page` or `ticket`. */
            urgency: string;
            /** @description What was seen. */
            value: string;
        };
        /** @description `POST /api/v1/nests`. */
        OpenNestBody: {
            /** @description Name, 1 to 60 characters. Absent: one that no open nest has, with a genre and a song that go with it. */
            name?: string | null;
            /** @description Id of a track to play on from before anybody asks for something. */
            seed_track_id?: string | null;
            /**
             * @description A word that leads to it: 2 to 40 letters a to z, digits and hyphens, which no open nest has. Whoever guesses it finds
             *     the nest.
             */
            slug?: string | null;
        };
        /** @description Everything at once, as one process sees it. */
        Operations: {
            /** @description What the server watches of itself. */
            alerts: components["schemas"]["AlertsState"];
            /**
             * Format: int64
             * @description When it was looked at.
             */
            at_ms: number;
            /** @description Backups, place by place. */
            backups: components["schemas"]["BackupsState"];
            /** @description How close the machine came to its ends lately. */
            capacity: components["schemas"]["CapacityState"];
            /** @description The disks that are watched. */
            disks: components["schemas"]["DiskState"][];
            /** @description The environments that are declared, side by side; none without a declaration. */
            environments: components["schemas"]["DeclaredEnvironment"][];
            /** @description Each part of the server, as in `GET /health/deep`. */
            parts: components["schemas"]["HealthPart"][];
            /** @description The process that answers. */
            process: components["schemas"]["ProcessState"];
            /** @description Releases on this machine. */
            releases: components["schemas"]["ReleasesState"];
            /** @description The database's schema. */
            schema: components["schemas"]["SchemaState"];
            /** @description What takes room on this machine. */
            used: components["schemas"]["RoomTaken"][];
        };
        /**
         * @description In which order a nest plays what waits.
         * @enum {string}
         */
        Ordering: "fair" | "most_votes" | "first_come";
        /**
         * @description How a playing ended.
         * @enum {string}
         */
        Outcome: "finished" | "skipped" | "unplayable";
        /** @description Where the sound of a song is at its service, for minutes. `GET /api/v1/tracks/{id}/outside-stream`. */
        OutsideStream: {
            /** @description How it is made. */
            form: components["schemas"]["StreamForm"];
            /** @description As in `application/vnd.apple.mpegurl` or `audio/mpeg`. */
            media_type: string;
            /** @description The address; whoever has it can listen. */
            url: string;
        };
        /** @description A song of a service that is known here. `GET /api/v1/tracks/{id}` answers this for a song from elsewhere. */
        OutsideTrack: {
            /** @description Album; may be empty. */
            album: string;
            /** @description Artist, channel or show; may be empty. */
            artist: string;
            /** @description Where its picture is served, by this server; absent without one. */
            artwork_url?: string | null;
            /**
             * Format: int64
             * @description Length.
             */
            duration_ms: number;
            /** @description Whether the service calls it explicit. */
            explicit: boolean;
            /**
             * Format: int64
             * @description When the service said so.
             */
            fetched_at_ms: number;
            /** @description Its id here. */
            id: string;
            /** @description The track of the library that is the same song now. */
            match?: string | null;
            /** @description Its page at the service, if its id leads to one. */
            page_url?: string | null;
            /** @description Whose it is. */
            service: components["schemas"]["MusicService"];
            /** @description Which song of which service it is, as in `spotify:track:…`. */
            source: string;
            /** @description Where its sound is served: of the same song of the library, or by the service. */
            stream_url: string;
            /** @description Title; never empty. */
            title: string;
        };
        /**
         * @description How a part is.
         * @enum {string}
         */
        PartState: "well" | "wrong" | "unknown";
        /** @description The most that was taken of something at once, on the worst of the days. */
        Peak: {
            /** @description On which day, `2026-11-20`. */
            date: string;
            /**
             * Format: int32
             * @description In how many days it is full, if it goes on growing as it did on these days; nothing if it does not grow.
             */
            full_in_days?: number | null;
            /**
             * Format: double
             * @description A share of the whole, 0 to 1; of `visitors` their number.
             */
            highest: number;
            /** @description Whether it is time for more. */
            is_tight: boolean;
            /** @description Of which disk, as alerts name it; else empty. */
            name: string;
            /** @description Of what. */
            what: components["schemas"]["PeakOf"];
        };
        /**
         * @description What somebody can run out of.
         * @enum {string}
         */
        PeakOf: "processor" | "memory" | "disk" | "visitors";
        /** @description A person, as everybody sees them. */
        Person: {
            /** @description Id. */
            id: string;
            /** @description Name. */
            name: string;
            /** @description What they are on this server. */
            role: components["schemas"]["ServerRole"];
        };
        /** @description `POST /api/v1/nests/{code}/kick` and `…/let-in`. */
        PersonBody: {
            /** @description Id of the person. */
            member: string;
        };
        /** @description A publication on `person:ID`, which only that person hears. */
        PersonPublication: {
            device?: components["schemas"]["Following"] | null;
            /** @description The nest's code. */
            nest: string;
            /** @enum {string} */
            type: "device_changed";
        };
        /** @description Somebody whose songs were played. */
        PersonStats: {
            /** @description Id. */
            id: string;
            /** @description Name. */
            name: string;
            /**
             * Format: int64
             * @description How many songs.
             */
            plays: number;
        };
        /** @description One playing of a track in a nest. */
        Play: {
            /** @description Who had added it. */
            added_by: components["schemas"]["Contributor"];
            because?: components["schemas"]["Because"] | null;
            /** @description What people said about it, in order of time. */
            comments: components["schemas"]["Comment"][];
            /** @description Id. */
            id: string;
            /** @description Who jammed along, in order of time. */
            jams: components["schemas"]["Jam"][];
            nest?: components["schemas"]["PlayNest"] | null;
            outcome?: components["schemas"]["Outcome"] | null;
            /**
             * Format: int64
             * @description When it began.
             */
            started_at_ms: number;
            /** @description The track. */
            track: components["schemas"]["TrackSummary"];
        };
        /** @description A nest in which something was played. */
        PlayNest: {
            /** @description Its code, if it is open. */
            code?: string | null;
            /** @description Its name, now or when it was closed. */
            name: string;
        };
        /** @description One page of plays, newest first. `GET /api/v1/nests/{code}/plays`, `GET /api/v1/plays` */
        PlayPage: {
            /**
             * @description Give this as `cursor` to get the next page; absent on the last. A page of a search for words may be short, even
             *     empty, although another follows.
             */
            next_cursor?: string | null;
            /** @description The plays. */
            plays: components["schemas"]["Play"][];
        };
        /**
         * @description Where what was played came from.
         * @enum {string}
         */
        PlaySource: "library" | "spotify" | "youtube" | "soundcloud";
        /** @description Whether a browser can play the track now. */
        Playable: {
            /** @enum {string} */
            state: "ready";
        } | {
            /** @enum {string} */
            state: "pending";
        } | {
            /** @description A sentence for the person who uploaded it. */
            reason: string;
            /** @enum {string} */
            state: "failed";
        };
        /** @description The clock of what is playing. */
        Playback: {
            /**
             * Format: int64
             * @description The server time at which position 0 was, or will be, heard.
             */
            started_at_ms: number;
            /** @enum {string} */
            state: "running";
        } | {
            /**
             * Format: int64
             * @description Position.
             */
            position_ms: number;
            /** @enum {string} */
            state: "paused";
        };
        /**
         * @description What was done to the clock.
         * @enum {string}
         */
        PlaybackChange: "paused" | "resumed" | "seeked";
        /** @description What is playing. */
        Playing: {
            /** @description The entry; it is not in the queue. */
            entry: components["schemas"]["Entry"];
            /** @description Its clock. */
            playback: components["schemas"]["Playback"];
        };
        /** @description What a nest would choose next. */
        Preview: {
            /** @description Why. */
            because: components["schemas"]["Because"];
            /** @description The track. */
            track: components["schemas"]["TrackSummary"];
        };
        /** @description `POST /api/v1/invitations/preview`. */
        PreviewBody: {
            /** @description The secret of the link. */
            token: string;
        };
        /** @description An error, as RFC 9457 shapes it, with `code`, `hint` and `request_id` as extensions. */
        Problem: {
            /** @description A stable name for programs. */
            code: string;
            /** @description What happened, for a person. */
            detail: string;
            /** @description What to do about it. */
            hint?: string | null;
            /** @description The request, as the server's log knows it. */
            request_id?: string | null;
            /**
             * Format: int64
             * @description Seconds to wait before trying again, for `rate_limited` and `unavailable`.
             */
            retry_after_s?: number | null;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description The code, in words. */
            title: string;
            /** @description `/docs/problems#code`. */
            type: string;
        };
        /** @description A process. */
        ProcessState: {
            /** @description The commit that release was built from. */
            commit?: string | null;
            /** @description `sqlite`, `postgres` or `libsql`. */
            engine: string;
            /** @description The environment it belongs to. */
            environment: string;
            /**
             * Format: double
             * @description How much of the machine's memory, or of what is allotted, is taken, 0 to 1.
             */
            machine_memory_share?: number | null;
            /**
             * Format: double
             * @description How busy the machine's processors are, 0 to 1.
             */
            machine_processor_share?: number | null;
            /**
             * Format: int64
             * @description What of it is in memory; nothing if the system does not say.
             */
            memory_bytes?: number | null;
            /**
             * Format: double
             * @description How much of one processor it has used on average since it started, 0 to the number of processors.
             */
            processor_share?: number | null;
            /** @description The release it was started from; nothing where it came by another way. */
            release?: string | null;
            /** @description `blue` or `green`; nothing without slots. */
            slot?: string | null;
            /** @description `serving`, `waiting`, `leaving` or `ending`. */
            stance: string;
            /**
             * Format: int64
             * @description When it started.
             */
            started_at_ms: number;
            /** @description The version of its program. */
            version: string;
            /**
             * Format: int64
             * @description Its connections and sockets.
             */
            visitors: number;
        };
        /** @description Calls to one service on one day with one outcome. */
        ProviderCalls: {
            /**
             * Format: int64
             * @description How many.
             */
            calls: number;
            /** @description The date, `2026-11-20`. */
            date: string;
            /** @description How it went. */
            outcome: components["schemas"]["CallOutcome"];
            /** @description `spotify`, `youtube`, `soundcloud` or `sign_in`. */
            provider: string;
        };
        /** @description Calls of this server to services. `GET /api/v1/stats/providers` */
        ProviderStats: {
            /** @description Counted for each day, service and outcome, oldest first. */
            calls: components["schemas"]["ProviderCalls"][];
            /**
             * Format: int64
             * @description From when.
             */
            from_ms: number;
            /**
             * Format: int64
             * @description Until when.
             */
            to_ms: number;
        };
        /** @description `GET /ready`: 200 when every check passes, 503 otherwise. */
        Readiness: {
            /** @description Each thing it depends on. */
            checks: components["schemas"]["ReadinessCheck"][];
            /** @description Whether the server can serve. */
            ready: boolean;
        };
        /** @description One thing the server depends on. */
        ReadinessCheck: {
            /** @description What is wrong and what to do, when it does not. */
            detail?: string | null;
            /** @description What was checked. */
            name: string;
            /** @description Whether it works. */
            ok: boolean;
        };
        /** @description What speaks for a track. */
        Reason: {
            /** @description The artist. */
            artist: string;
            /** @enum {string} */
            kind: "same_artist";
        } | {
            /** @description The genre. */
            genre: string;
            /** @enum {string} */
            kind: "same_genre";
        } | {
            /** @description The album. */
            album: string;
            /** @enum {string} */
            kind: "same_album";
        } | {
            /** @description The artist of the seed. */
            artist: string;
            /** @enum {string} */
            kind: "collaborator";
        } | {
            /** @enum {string} */
            kind: "similar_sound";
        } | {
            by?: components["schemas"]["Credit"] | null;
            /**
             * Format: int32
             * @description How many jams and votes were counted.
             */
            jams: number;
            /** @enum {string} */
            kind: "favourite";
        } | {
            /** @description Who had queued it: they jam along. */
            by: components["schemas"]["Credit"];
            /** @enum {string} */
            kind: "throwback";
            /**
             * Format: int64
             * @description When it was played.
             */
            played_at_ms: number;
        } | {
            /** @enum {string} */
            kind: "library";
        };
        /** @description `POST /api/v1/invitations/redeem`: for an invitation or a sign-in link. */
        RedeemBody: {
            /** @description The new member's name, 1 to 40 characters; not needed for a sign-in link. */
            name?: string | null;
            /** @description The secret of the link. */
            token: string;
        };
        /** @description A change from one release to another. */
        ReleaseChange: {
            /** @description `deploy` or `rollback`. */
            kind: string;
            /**
             * Format: int64
             * @description Counted from 1.
             */
            number: number;
            /** @description What served before. */
            previous?: string | null;
            /** @description The release that came. */
            release: string;
            /** @description Each step that was taken; the last says how it ended: `done`, `reverted`, `abandoned` or `held`. */
            steps: components["schemas"]["ReleaseStep"][];
        };
        /** @description A step of a change. */
        ReleaseStep: {
            /** @description When, RFC 3339. */
            at: string;
            /** @description `begun`, `checking`, `switching`… */
            name: string;
            /** @description What there is to say about it. */
            said: string;
        };
        /** @description Releases of this environment on this machine. */
        ReleasesState: {
            /** @description The last changes, newest first. */
            changes: components["schemas"]["ReleaseChange"][];
            /** @description Why nothing, or no more, is known. */
            fault?: string | null;
            /** @description Whether releases are brought to this machine for this environment. */
            here: boolean;
            /** @description The releases that are here, newest first. */
            kept: components["schemas"]["KeptRelease"][];
            /** @description The release that serves. */
            serving?: string | null;
        };
        /** @description `POST /api/v1/nests/{code}/remove-comment`: one's own, or any by the host. */
        RemoveCommentBody: {
            /**
             * Format: int64
             * @description The comment.
             */
            comment: number;
            /**
             * Format: int64
             * @description The entry.
             */
            entry: number;
        };
        /** @description `PATCH /api/v1/session`. */
        RenameBody: {
            /** @description The new name, 1 to 40 characters. */
            name: string;
        };
        /** @description `POST /api/v1/nests/{code}/restore`: take a removal back, within ten minutes. */
        RestoreBody: {
            /**
             * Format: int64
             * @description The entry that was removed; absent: all that the last `clear` removed.
             */
            entry?: number | null;
        };
        /** @description What takes room. */
        RoomTaken: {
            /**
             * Format: int64
             * @description Bytes; nothing while it is being measured, and if it cannot be.
             */
            bytes?: number | null;
            /** @description `data`, `database`, `play_logs`, `backups` or `releases`. The database may be a part of the data. */
            what: string;
        };
        /** @description Where the database's schema stands. */
        SchemaState: {
            /**
             * Format: int32
             * @description The migration a program must know at least to work with the database as it is.
             */
            database_min_reader?: number | null;
            /** @description Why nothing more is known. */
            fault?: string | null;
            /**
             * Format: int32
             * @description The newest migration that this program knows.
             */
            known: number;
            /**
             * Format: int32
             * @description The migration a program must know at least to work with what this one makes of a database.
             */
            min_reader: number;
            /** @description Every migration, oldest first. */
            steps: components["schemas"]["SchemaStep"][];
        };
        /** @description A migration. */
        SchemaStep: {
            /**
             * Format: int64
             * @description When it was.
             */
            applied_at_ms?: number | null;
            /** @description As in `0001_people`. */
            name: string;
            /** @description Whether it is applied. */
            state: components["schemas"]["SchemaStepState"];
        };
        /**
         * @description Whether a migration is applied.
         * @enum {string}
         */
        SchemaStepState: "applied" | "pending" | "unknown";
        /**
         * @description What an API token may do.
         * @enum {string}
         */
        Scope: "listen" | "add" | "control" | "administer";
        /** @description What was played in the nest and led to a choice. */
        Seed: {
            /** @description Its artist as shown; may be empty. */
            artist: string;
            /** @description Who had queued it. */
            by: components["schemas"]["Contributor"];
            /** @description Its title. */
            title: string;
            /** @description Id of the track. */
            track_id: string;
        };
        /** @description `POST /api/v1/nests/{code}/seek`. */
        SeekBody: {
            /**
             * Format: int64
             * @description Where to, from 0 to the track's length.
             */
            position_ms: number;
        };
        /** @description What a visitor may know before signing in. `GET /api/v1/server`. */
        ServerInfo: {
            /** @description Whether the synthesised demo pieces are in the library. */
            has_demo: boolean;
            /** @description The community's name. */
            name: string;
            /** @description Whether the first administrator has yet to be made. */
            needs_setup: boolean;
            /**
             * Format: int32
             * @description The version of the HTTP and socket contract.
             */
            protocol: number;
            /** @description The services people can sign in with, in the order to offer them. */
            sign_in: components["schemas"]["SignInProvider"][];
            /**
             * Format: int64
             * @description How many tracks the library has.
             */
            track_count: number;
            /**
             * Format: int64
             * @description The largest file that can be uploaded, in bytes.
             */
            upload_bytes_max: number;
            /** @description The version of the running binary. */
            version: string;
        };
        /** @description A publication on `server`. */
        ServerPublication: {
            /** @description The nest. */
            nest: components["schemas"]["NestSummary"];
            /** @enum {string} */
            type: "nest_changed";
        } | {
            /** @description Its code. */
            code: string;
            /** @enum {string} */
            type: "nest_closed";
        } | {
            /** @description The track. */
            track: components["schemas"]["Track"];
            /** @enum {string} */
            type: "track_changed";
        } | {
            /** @description Its id. */
            id: string;
            /** @enum {string} */
            type: "track_deleted";
        } | {
            /**
             * Format: int64
             * @description How many tracks the library has.
             */
            track_count: number;
            /** @enum {string} */
            type: "library_changed";
        };
        /**
         * @description What a person is on this server.
         * @enum {string}
         */
        ServerRole: "guest" | "member" | "administrator";
        /** @description Who this browser is signed in as. `GET /api/v1/session`. */
        Session: {
            /** @description The person's picture, if they brought one from the service they signed in with. */
            avatar_url?: string | null;
            /** @description The device this browser is known as. */
            device_id?: string | null;
            person?: components["schemas"]["Person"] | null;
        };
        /** @description `POST /api/v1/setup`: the first visitor becomes the administrator. */
        SetupBody: {
            /** @description The administrator's name, 1 to 40 characters. */
            name: string;
            /** @description The secret of the link that the server printed when it started. */
            token: string;
        };
        /** @description A link that signs the same person in on another device. `POST /api/v1/session/links` */
        SignInLink: {
            /**
             * Format: int64
             * @description When it ends.
             */
            expires_at_ms: number;
            /** @description The link, good once. */
            url: string;
        };
        /**
         * @description How a sign-in with another service went.
         * @enum {string}
         */
        SignInOutcome: "succeeded" | "refused" | "failed";
        /** @description A service people can sign in with. */
        SignInProvider: {
            /** @description Its name in addresses. */
            id: string;
            /** @description Its name for people. */
            name: string;
        };
        /** @description A sign-in that has begun. */
        SignInStarted: {
            /** @description Where to send the browser. */
            url: string;
        };
        /** @description Sign-ins with other services. `GET /api/v1/stats/sign-ins` */
        SignInStats: {
            /**
             * Format: int64
             * @description From when.
             */
            from_ms: number;
            /** @description Counted for each day, service and outcome, oldest first. */
            sign_ins: components["schemas"]["SignIns"][];
            /**
             * Format: int64
             * @description Until when.
             */
            to_ms: number;
        };
        /** @description Sign-ins with one service on one day with one outcome. */
        SignIns: {
            /** @description The date, `2026-11-20`. */
            date: string;
            /** @description How it went. */
            outcome: components["schemas"]["SignInOutcome"];
            /** @description The service's name in addresses, as in `google`. */
            service: string;
            /**
             * Format: int64
             * @description How many.
             */
            sign_ins: number;
        };
        /** @description `POST /api/v1/nests/{code}/skip`. */
        SkipBody: {
            /**
             * Format: int64
             * @description The entry the person wants to skip. If another plays by then, nothing is skipped and `not_playing` is answered.
             */
            entry?: number | null;
        };
        /** @description A token to give to a socket client as its connection token. */
        SocketToken: {
            /**
             * Format: int64
             * @description How long it is good for.
             */
            expires_in_s: number;
            /** @description The token. */
            token: string;
        };
        /** @description A song that was played. */
        SongStats: {
            /** @description Artist; may be empty. */
            artist: string;
            /**
             * Format: int64
             * @description How often it was played.
             */
            plays: number;
            /** @description Which song of which service it is; absent for a track of the library. */
            source?: string | null;
            /**
             * Format: int64
             * @description Votes for it, less votes against it, over all these plays.
             */
            tally: number;
            /** @description Title. */
            title: string;
            /** @description Its id. */
            track_id: string;
        };
        /** @description A service that is set up here. `GET /api/v1/sources`: what is not set up is not listed. */
        Source: {
            /** @description Whether the asker has connected an account, where the service needs one; absent where it needs none. */
            is_connected?: boolean | null;
            /** @description Its name for people. */
            name: string;
            /** @description What can be opened by its id. */
            opens: components["schemas"]["SourceKind"][];
            /** @description How its songs are heard. */
            playback: components["schemas"]["SourcePlayback"];
            /** @description What can be searched for; empty: nothing can, only links and ids are read. */
            search: components["schemas"]["SourceKind"][];
            /** @description Which one. */
            service: components["schemas"]["MusicService"];
        };
        /** @description A list of songs that a service keeps. */
        SourceCollection: {
            /** @description Where its picture is served, by this server; absent without one. */
            artwork_url?: string | null;
            /** @description Who made it; may be empty. */
            by: string;
            /** @description The service's id: open it with `GET /api/v1/sources/{source}/{kind}/{id}`. */
            id: string;
            /** @description `album`, `artist`, `playlist` or `show`. */
            kind: components["schemas"]["SourceKind"];
            /** @description Whose it is. */
            service: components["schemas"]["MusicService"];
            /** @description Its name. */
            title: string;
            /**
             * Format: int32
             * @description How many songs it says it has.
             */
            tracks_total?: number | null;
        };
        /**
         * @description What a service has.
         * @enum {string}
         */
        SourceKind: "track" | "episode" | "album" | "artist" | "playlist" | "show";
        /** @description `GET /api/v1/sources/{source}/{kind}/{id}`: one song, or a page of a list. */
        SourcePage: {
            collection?: components["schemas"]["SourceCollection"] | null;
            /**
             * Format: int32
             * @description How many the list has beyond these: those that cannot be read.
             */
            left_out: number;
            /**
             * Format: int32
             * @description Give this as `offset` to get the next page; absent on the last.
             */
            next_offset?: number | null;
            /** @description The songs of this page, in order. */
            tracks: components["schemas"]["SourceTrack"][];
            /**
             * Format: int32
             * @description How many songs can be paged through; at most 200 of a list.
             */
            tracks_count: number;
        };
        /**
         * @description How a listener hears songs of a service.
         * @enum {string}
         */
        SourcePlayback: "device" | "embed" | "stream";
        /** @description Why a service does not give something: a problem without a status of its own. */
        SourceRefusal: {
            /**
             * @description The stable code of the problem, as in `not_in_this_market` or `source_not_set_up`; of a text that is no link,
             *     `not_a_link`.
             */
            code: string;
            /** @description What happened, for a person. */
            detail: string;
            /**
             * Format: int64
             * @description Seconds to wait before trying again, if waiting helps.
             */
            retry_after_s?: number | null;
        };
        /** @description `GET /api/v1/sources/{source}/search`: best first within each kind. */
        SourceResults: {
            /** @description Albums, artists, playlists, shows. */
            collections: components["schemas"]["SourceCollection"][];
            /** @description Songs, then episodes. */
            tracks: components["schemas"]["SourceTrack"][];
        };
        /** @description A song of a service, as it is found. */
        SourceTrack: {
            /** @description Album; may be empty. */
            album: string;
            /** @description Artist, channel or show; may be empty. */
            artist: string;
            /** @description Where its picture is served, by this server; absent without one. */
            artwork_url?: string | null;
            /**
             * Format: int64
             * @description Length; absent for what has no end.
             */
            duration_ms?: number | null;
            /** @description Whether the service calls it explicit. */
            explicit: boolean;
            /** @description Its id here, by which its sound is asked for. Only of what `/api/v1/tracks/{id}/elsewhere` found. */
            id?: string | null;
            /** @description `track` or `episode`. */
            kind: components["schemas"]["SourceKind"];
            /** @description The track of the library that is the same song: everybody hears that one. */
            match?: string | null;
            /** @description Its page at the service. */
            page_url: string;
            refused?: components["schemas"]["SourceRefusal"] | null;
            /** @description Whose it is. */
            service: components["schemas"]["MusicService"];
            /** @description What adds it: `source` of `POST /api/v1/nests/{code}/add`, as in `spotify:track:…`, `youtube:…`, `soundcloud:…`. */
            source: string;
            /** @description Title; never empty. */
            title: string;
        };
        /** @description An account that is connected. */
        SpotifyAccount: {
            /** @description Whether it was granted what playing in the browser needs. */
            can_play_in_browser: boolean;
            /** @description Whether it was granted what following a nest on a device needs. */
            can_use_devices: boolean;
            /**
             * Format: int64
             * @description When it was connected.
             */
            connected_at_ms: number;
            /** @description Whether Spotify does not accept the connection any more: connect again. */
            ended: boolean;
            /** @description Its name at Spotify. */
            name: string;
            /** @description Whether it pays, which devices need: absent until Spotify has let it be seen. */
            premium?: boolean | null;
        };
        /** @description A client id that somebody brought. */
        SpotifyClientId: {
            /** @description The id. */
            client_id: string;
            /** @description Whether its secret is known: then it also serves searches. */
            has_secret: boolean;
            /**
             * Format: int32
             * @description How many people have connected with it, of five.
             */
            people: number;
        };
        /** @description `PUT /api/v1/me/spotify/client-id`, `PUT /api/v1/nests/{code}/spotify-client-id`. */
        SpotifyClientIdBody: {
            /** @description From Spotify's dashboard: 32 hexadecimal digits. */
            client_id: string;
            /** @description Its secret; without it, people can connect, and searches go by other client ids. */
            client_secret?: string | null;
        };
        /** @description One's own connection with Spotify. `GET /api/v1/me/spotify`. */
        SpotifyConnection: {
            account?: components["schemas"]["SpotifyAccount"] | null;
            /**
             * Format: int32
             * @description How many more people can connect with the client ids open to this person; 0: bring one.
             */
            free_seats: number;
            own_client_id?: components["schemas"]["SpotifyClientId"] | null;
            /** @description What must be registered as redirect URI for a client id that is brought, letter for letter. */
            redirect_uri: string;
            /** @description Where a person withdraws at Spotify what they granted; nothing else ends it there. */
            remove_access_url: string;
        };
        /** @description A device of one's account. */
        SpotifyDevice: {
            /** @description Whether it is the one that plays. */
            active: boolean;
            /** @description Its id; absent for one that cannot be steered. */
            id?: string | null;
            /** @description As in `computer`, `smartphone`, `speaker`. */
            kind: string;
            /** @description As its owner calls it. */
            name: string;
            /** @description Whether it can be steered from elsewhere. */
            steerable: boolean;
            /**
             * Format: int32
             * @description How loud it is, 0 to 100, if it says.
             */
            volume_percent?: number | null;
        };
        /** @description `POST /api/v1/me/spotify/token`: for Spotify's player in the browser. Never stored, never cached. */
        SpotifyToken: {
            /** @description The access token of one's own account. */
            access_token: string;
            /**
             * Format: int64
             * @description When it ends; ask again before.
             */
            expires_at_ms: number;
        };
        /** @description Where an entry stands in the order. */
        Standing: {
            /**
             * Format: int64
             * @description The entry.
             */
            entry: number;
            /**
             * Format: double
             * @description Its place in the order.
             */
            score: number;
        };
        /** @description `POST /api/v1/sign-in/{provider}`. */
        StartSignInBody: {
            /** @description The secret of an invitation that the newcomer holds. */
            invitation?: string | null;
            /** @description The page of this server to come back to; `/` unless said. */
            return_to?: string | null;
        };
        /** @description What was played from one moment to another. `GET /api/v1/stats` */
        Stats: {
            /** @description Plays of each day that has some, oldest first. */
            days: components["schemas"]["DayStats"][];
            /**
             * Format: int64
             * @description From when.
             */
            from_ms: number;
            /** @description Plays of each hour of the day, from midnight on: 24 numbers. */
            hours: number[];
            /** @description Who jammed along to whose songs, most first. */
            jams: components["schemas"]["JamStats"][];
            /** @description Who added what was played, most first. */
            people: components["schemas"]["PersonStats"][];
            /** @description What people added, most loved first. */
            songs: components["schemas"]["SongStats"][];
            /**
             * Format: int64
             * @description Until when.
             */
            to_ms: number;
        };
        /**
         * @description How a stream of a service is made.
         * @enum {string}
         */
        StreamForm: "hls" | "file";
        /** @description A webhook that was taken. */
        TakenWebhook: {
            /**
             * Format: int64
             * @description Its offset in the channel's stream.
             */
            offset: number;
            /** @description Whether it had been taken before: then nothing was published now. */
            repeated: boolean;
        };
        /** @description A track of the library. */
        Track: {
            /**
             * Format: int64
             * @description When it was added.
             */
            added_at_ms: number;
            /** @description Album; may be empty. */
            album: string;
            /** @description Artist; may be empty. */
            artist: string;
            /** @description Where its cover is served (`?size=96|320|640`); absent without one. */
            artwork_url?: string | null;
            /**
             * Format: int32
             * @description Disc of its album.
             */
            disc_number?: number | null;
            /**
             * Format: int64
             * @description Length.
             */
            duration_ms: number;
            /** @description How the original file is encoded. */
            format: components["schemas"]["AudioFormat"];
            /** @description Genre; may be empty. */
            genre: string;
            /** @description Its id. */
            id: string;
            /**
             * Format: float
             * @description Integrated loudness by EBU R 128, in LUFS; absent until measured.
             */
            loudness_lufs?: number | null;
            /** @description Whether a browser can play it now. */
            playable: components["schemas"]["Playable"];
            /**
             * Format: int64
             * @description Size of the original file, in bytes.
             */
            size_bytes: number;
            /** @description Where its sound is served. */
            stream_url: string;
            /** @description Title; never empty. */
            title: string;
            /**
             * Format: int32
             * @description Number on its disc.
             */
            track_number?: number | null;
            /**
             * Format: int32
             * @description Year of release.
             */
            year?: number | null;
        };
        /** @description One page of tracks. */
        TrackPage: {
            /** @description Give this as `cursor` to get the next page; absent on the last. */
            next_cursor?: string | null;
            /** @description The tracks, in the order asked for. */
            tracks: components["schemas"]["Track"][];
        };
        /** @description What a nest shows of a track. */
        TrackSummary: {
            /** @description Album; may be empty. */
            album: string;
            /** @description Artist; may be empty. */
            artist: string;
            /** @description Where its cover is served (`?size=96|320|640`); absent without one. Of a song from elsewhere it may be 404. */
            artwork_url?: string | null;
            /**
             * Format: int64
             * @description Length.
             */
            duration_ms: number;
            /** @description Its id. */
            id: string;
            /** @description Of a song from elsewhere: the track of the library that was the same song when it was added. */
            match?: string | null;
            /**
             * @description Which song of which service it is, `spotify:track:…`, `spotify:episode:…`, `youtube:…` or `soundcloud:…`; absent for
             *     a track of the library.
             */
            source?: string | null;
            /** @description Where its sound is served. Of a song from elsewhere: the same song of the library, or `plays_elsewhere`. */
            stream_url: string;
            /** @description Title; never empty. */
            title: string;
        };
        /** @description What became of an upload. `POST /api/v1/uploads`. */
        UploadOutcome: {
            /** @description Whether these very bytes were in the library already. */
            duplicate: boolean;
            /** @description The track. */
            track: components["schemas"]["Track"];
        };
        /** @description `POST /api/v1/nests/{code}/volume`. */
        VolumeBody: {
            /**
             * Format: int32
             * @description How loud the room is, 0 to 100: a hint that players may follow.
             */
            percent: number;
        };
        /** @description `POST /api/v1/nests/{code}/vote`. */
        VoteBody: {
            /** @description Which way. Voting the same way again changes nothing and is no error. */
            direction: components["schemas"]["VoteDirection"];
            /**
             * Format: int64
             * @description The entry.
             */
            entry: number;
        };
        /**
         * @description Which way a vote goes.
         * @enum {string}
         */
        VoteDirection: "up" | "down" | "none";
        /** @description Who voted for and against an entry. */
        Votes: {
            /** @description Ids of the people who voted it down. */
            down: string[];
            /** @description Ids of the people who voted it up. */
            up: string[];
        };
        /** @description The shape of a track's loudness over its length. */
        Waveform: {
            /** @description Peaks from 0 to 255, spread evenly over the track. Empty until it has been measured. */
            peaks: number[];
        };
        /** @description A webhook. */
        Webhook: {
            /**
             * Format: int64
             * @description When it was made.
             */
            created_at_ms: number;
            /**
             * Format: int64
             * @description When a message last arrived.
             */
            delivered_at_ms?: number | null;
            /** @description What is told. */
            events: components["schemas"]["WebhookEvent"][];
            /**
             * Format: int64
             * @description Since when messages do not arrive; absent if the last one did.
             */
            failing_since_ms?: number | null;
            /** @description Why. */
            failure?: string | null;
            /** @description How messages are written. */
            form: components["schemas"]["WebhookForm"];
            /** @description The host of its address; the rest is not shown again. */
            host: string;
            /** @description Id. */
            id: string;
            /**
             * Format: int64
             * @description When it was given up, until somebody resumes it; absent while it is at work.
             */
            paused_at_ms?: number | null;
        };
        /**
         * @description What can be told.
         * @enum {string}
         */
        WebhookEvent: "now_playing" | "horn" | "paused" | "resumed" | "skipped" | "nest_opened" | "server_started";
        /**
         * @description How messages are written.
         * @enum {string}
         */
        WebhookForm: "slack" | "signed";
        /** @description One of them. */
        WebhookSecret: {
            /** @description The first 16 hexadecimal digits of the SHA-256 of its text. */
            fingerprint: string;
            /** @description What it is. */
            role: components["schemas"]["WebhookSecretRole"];
            /**
             * Format: int64
             * @description When this process last took a webhook that was signed with it; nothing: not since it started.
             */
            used_at_ms?: number | null;
        };
        /**
         * @description What a secret is.
         * @enum {string}
         */
        WebhookSecretRole: "current" | "previous";
        /** @description The secrets that webhooks may be signed with. */
        WebhookSecrets: {
            /** @description What prints the fingerprint on the other side, where the variable `SECRET` holds the secret. */
            command: string;
            /** @description Each; none: no webhooks are taken. */
            secrets: components["schemas"]["WebhookSecret"][];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    get_artwork: {
        parameters: {
            query?: {
                /** @description Edge length in pixels: 96, 320 or 640 (the default). */
                size?: number;
            };
            header?: never;
            path: {
                hash: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/*": unknown;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_audit: {
        parameters: {
            query?: {
                /** @description Only this action, as in `signed_in`. */
                action?: string;
                /** @description Only what this person did. */
                member?: string;
                /** @description Where the last page ended. */
                cursor?: string;
                /** @description How many, 1 to 100; 50 unless said. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stream_channel: {
        parameters: {
            query?: {
                /** @description `epoch:offset` to go on from, for clients that cannot send `Last-Event-ID`. */
                since?: string;
            };
            header?: {
                "Last-Event-ID"?: string | null;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["AppPublication"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    take_webhook: {
        parameters: {
            query?: never;
            header: {
                "webhook-id": string;
                "webhook-timestamp": string;
                "webhook-signature": string;
            };
            path: {
                /** @description 1 to 64 of a to z, digits, `-`, `_` and `.` */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TakenWebhook"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TakenWebhook"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_demo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Under way */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    join_as_guest: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GuestBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description The nest takes no guests */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_horns: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HornSound"][];
                };
            };
        };
    };
    get_horn: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sound */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": unknown;
                };
            };
            /** @description What you have is current */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_invitations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"][];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateInvitationBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedInvitation"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    preview_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreviewBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationPreview"];
                };
            };
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    redeem_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RedeemBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resolve_links: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LinksBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Links"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_spotify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SpotifyConnection"];
                };
            };
        };
    };
    disconnect_spotify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bring_spotify_client_id: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SpotifyClientIdBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SpotifyClientId"];
                };
            };
            /** @description `client_id_taken` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_spotify_client_id: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    connect_spotify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConnectSpotifyBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInStarted"];
                };
            };
            /** @description `source_not_set_up` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `no_seat_left`: bring a client id */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_spotify_devices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SpotifyDevice"][];
                };
            };
            /** @description `account_not_connected`, `account_ended` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_spotify_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SpotifyToken"];
                };
            };
            /** @description `account_not_connected`, `account_ended` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_members: {
        parameters: {
            query?: {
                /** @description Where the last page ended. */
                cursor?: string;
                /** @description How many, 1 to 100; 50 unless said. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberPage"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeMemberBody"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_avatar: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/*": unknown;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_nests: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NestSummary"][];
                };
            };
        };
    };
    open_nest: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OpenNestBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NestSnapshot"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_nest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NestSnapshot"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    close_nest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nest_add: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nest_clear: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nest_comment: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CommentBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nest_configure: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfigureBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_nest_device: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Following"];
                };
            };
            /** @description None follows it */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    follow_on_device: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FollowBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Following"];
                };
            };
            /** @description `premium_required` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `no_device`, `account_not_connected`, `account_ended` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    let_device_go: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stream_events: {
        parameters: {
            query?: {
                /** @description `epoch:offset` to go on from, for clients that cannot send `Last-Event-ID`. */
                since?: string;
            };
            header?: {
                "Last-Event-ID"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["NestPublication"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nest_filter_preview: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AutofillTrackBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_filtered: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FilteredTrack"][];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nest_hand_over: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["HandOverBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nest_horn: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["HornBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nest_jam: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JamBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nest_kick: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PersonBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_kicked: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Kicked"][];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nest_let_in: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PersonBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nest_lock: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    look_at_nest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NestLook"];
                };
            };
            /** @description There is none, or it is not open to strangers */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    look_at_cover: {
        parameters: {
            query?: {
                /** @description Which one, from `cover_url`, so that another cover has another address. It is the one of what plays in any case. */
                picture?: string;
            };
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/*": unknown;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nest_pause: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_plays: {
        parameters: {
            query?: {
                /** @description Where the last page ended. */
                cursor?: string;
                /** @description How many, 1 to 100; 50 unless said. */
                limit?: number;
                /** @description Id of who queued it. */
                by?: string;
                /** @description Where it came from. */
                source?: components["schemas"]["PlaySource"];
                /** @description Whether people chose it, or the nest. */
                chosen_by?: components["schemas"]["ChosenBy"];
                /** @description Words, or beginnings of words, all in title, artist or album; case and accents do not matter. */
                text?: string;
                /** @description Begun at this time or later. */
                from_ms?: number;
                /** @description Begun before this time. */
                to_ms?: number;
            };
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlayPage"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export_plays: {
        parameters: {
            query?: {
                /** @description From when; 30 days before the end unless said. */
                from_ms?: number;
                /** @description Until when; now unless said. At most 366 days after the beginning. */
                to_ms?: number;
                /** @description Id of who queued it. */
                by?: string;
                /** @description Where it came from. */
                source?: components["schemas"]["PlaySource"];
                /** @description Whether people chose it, or the nest. */
                chosen_by?: components["schemas"]["ChosenBy"];
                /** @description Words, or beginnings of words, all in title, artist or album; case and accents do not matter. */
                text?: string;
            };
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The table */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": unknown;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nest_queue_preview: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AutofillTrackBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nest_remove: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EntriesBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nest_remove_comment: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RemoveCommentBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nest_restore: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RestoreBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nest_resume: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nest_seek: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SeekBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nest_skip: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SkipBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_nest_spotify_client_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SpotifyClientId"];
                };
            };
            /** @description None was brought */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bring_nest_spotify_client_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SpotifyClientIdBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SpotifyClientId"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `client_id_taken` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_nest_spotify_client_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    throwback: {
        parameters: {
            query?: {
                /** @description How many, 1 to 100; 20 unless said. */
                limit?: number;
            };
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlayPage"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nest_unfilter: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AutofillTrackBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nest_unlock: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nest_volume: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VolumeBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nest_vote: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VoteBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_webhooks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"][];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateWebhookBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedWebhook"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_operations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operations"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_webhook_secrets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookSecrets"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_picture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/*": unknown;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_all_plays: {
        parameters: {
            query?: {
                /** @description Where the last page ended. */
                cursor?: string;
                /** @description How many, 1 to 100; 50 unless said. */
                limit?: number;
                /** @description Id of who queued it. */
                by?: string;
                /** @description Where it came from. */
                source?: components["schemas"]["PlaySource"];
                /** @description Whether people chose it, or the nest. */
                chosen_by?: components["schemas"]["ChosenBy"];
                /** @description Words, or beginnings of words, all in title, artist or album; case and accents do not matter. */
                text?: string;
                /** @description Begun at this time or later. */
                from_ms?: number;
                /** @description Begun before this time. */
                to_ms?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlayPage"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export_all_plays: {
        parameters: {
            query?: {
                /** @description From when; 30 days before the end unless said. */
                from_ms?: number;
                /** @description Until when; now unless said. At most 366 days after the beginning. */
                to_ms?: number;
                /** @description Id of who queued it. */
                by?: string;
                /** @description Where it came from. */
                source?: components["schemas"]["PlaySource"];
                /** @description Whether people chose it, or the nest. */
                chosen_by?: components["schemas"]["ChosenBy"];
                /** @description Words, or beginnings of words, all in title, artist or album; case and accents do not matter. */
                text?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The table */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": unknown;
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_server: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerInfo"];
                };
            };
        };
    };
    get_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
        };
    };
    sign_out: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    rename_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RenameBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_devices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"][];
                };
            };
        };
    };
    sign_out_device: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_identities: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Identity"][];
                };
            };
        };
    };
    link_identity: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LinkIdentityBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInStarted"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unlink_identity: {
        parameters: {
            query?: {
                /** @description Unlink it although it is the last one. Without that, `last_way_in` warns. */
                even_if_last?: boolean;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_sign_in_link: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInLink"];
                };
            };
        };
    };
    create_socket_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SocketToken"];
                };
            };
        };
    };
    set_up: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetupBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    start_sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartSignInBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInStarted"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    finish_sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description To a page of this server */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_sources: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Source"][];
                };
            };
        };
    };
    search_source: {
        parameters: {
            query: {
                /** @description What to look for, at most 250 characters. Of Spotify, `artist:`, `album:`, `isrc:` and the like work. */
                query: string;
                /** @description Which kinds, separated by commas, as in `track,album`; all that the service searches for unless said. */
                kinds?: string;
                /** @description How many of each kind, 1 to 10; 10 unless said. */
                limit?: number;
            };
            header?: never;
            path: {
                source: components["schemas"]["MusicService"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceResults"];
                };
            };
            /** @description `source_not_set_up` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `source_rate_limited`, with `Retry-After` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    open_source: {
        parameters: {
            query?: {
                /** @description Songs to pass over; 0 unless said. */
                offset?: number;
                /** @description How many, 1 to 100; 50 unless said. */
                limit?: number;
            };
            header?: never;
            path: {
                source: components["schemas"]["MusicService"];
                kind: components["schemas"]["SourceKind"];
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourcePage"];
                };
            };
            /** @description `source_not_allowed`: only its owner may read it */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `source_not_set_up`, `source_has_none` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_stats: {
        parameters: {
            query?: {
                /** @description The code of a nest; all nests unless said. */
                nest?: string;
                /** @description From when; 30 days before the end unless said. */
                from_ms?: number;
                /** @description Until when; now unless said. At most 366 days after the beginning. */
                to_ms?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stats"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_provider_stats: {
        parameters: {
            query?: {
                /** @description From when; 30 days before the end unless said. */
                from_ms?: number;
                /** @description Until when; now unless said. At most 366 days after the beginning. */
                to_ms?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderStats"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_sign_in_stats: {
        parameters: {
            query?: {
                /** @description From when; 30 days before the end unless said. */
                from_ms?: number;
                /** @description Until when; now unless said. At most 366 days after the beginning. */
                to_ms?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInStats"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiToken"][];
                };
            };
        };
    };
    create_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateTokenBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedToken"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_token: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_tracks: {
        parameters: {
            query?: {
                /**
                 * @description What to look for: words (the last may be incomplete), `"a phrase"`, `artist:`, `album:`, `genre:`, `year:`.
                 *     Accents do not matter and typing mistakes are forgiven. Best matches come first; no further pages.
                 */
                query?: string;
                /** @description The order without a query; `newest` unless said. */
                sort?: "newest" | "artist" | "album" | "title";
                /** @description Where the last page ended. */
                cursor?: string;
                /** @description How many, 1 to 100; 50 unless said. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrackPage"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_track: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnyTrack"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_track: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_track_artwork: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/*": unknown;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_elsewhere: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Elsewhere"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_outside_stream: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OutsideStream"];
                };
            };
            /** @description No such song, or `plays_elsewhere`: its service has no streams */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description `source_not_playable` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stream_track: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/*": unknown;
                };
            };
            /** @description The ranges asked for */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A song of SoundCloud: to where its sound is, for minutes */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What you have is current */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No such track, or `plays_elsewhere`: only another service has it */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Not playable yet */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_waveform: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Waveform"];
                };
            };
        };
    };
    upload_track: {
        parameters: {
            query: {
                /** @description The file's name: the title, if its tags have none. Never used as a path. */
                name: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": number[];
            };
        };
        responses: {
            /** @description It was there already */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadOutcome"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadOutcome"];
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resume_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    test_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    get_deep_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeepHealth"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description A part is not well */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeepHealth"];
                };
            };
        };
    };
    get_readiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description Not now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
}
