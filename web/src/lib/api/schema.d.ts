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
        delete?: never;
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
        /** One track. */
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
    "/api/v1/tracks/{id}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The sound of a track, as every browser plays it. Single and multiple ranges, conditional requests, immutable. */
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
        Action: "add" | "vote" | "remove_others" | "clear" | "pause" | "skip" | "seek" | "configure";
        /** @description `POST /api/v1/nests/{code}/add`. */
        AddBody: {
            /** @description Id of a playable track. */
            track_id: string;
        };
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
        /** @description `PATCH /api/v1/members/{id}`. */
        ChangeMemberBody: {
            /** @description `member` or `administrator`. */
            role: components["schemas"]["ServerRole"];
        };
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
        /** @description `POST /api/v1/nests/{code}/configure`: what is absent stays. */
        ConfigureBody: {
            /** @description Whether the nest plays on from the library when the queue runs dry. */
            autofill?: boolean | null;
            /** @description What guests may do. */
            guest_actions?: components["schemas"]["Action"][] | null;
            /** @description Whether people who only give a name may take part. */
            guests_allowed?: boolean | null;
            /** @description What members may do. */
            member_actions?: components["schemas"]["Action"][] | null;
            /** @description Name, 1 to 60 characters. */
            name?: string | null;
            /**
             * Format: int32
             * @description How many entries the queue may hold, 1 to 500.
             */
            queue_entries_max?: number | null;
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
            /**
             * Format: int64
             * @description Id, unique within the nest; later entries have larger ids.
             */
            id: number;
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
        /** @description `POST /api/v1/session/identities`. */
        LinkIdentityBody: {
            /** @description The id of the service. */
            provider: string;
            /** @description The page of this server to come back to; `/settings` unless said. */
            return_to?: string | null;
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
            type: "closed";
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
            /** @description What guests may do. */
            guest_actions: components["schemas"]["Action"][];
            /** @description Whether people who only give a name may take part. */
            guests_allowed: boolean;
            /** @description What members may do. The host may always do everything. */
            member_actions: components["schemas"]["Action"][];
            /** @description Name, 1 to 60 characters. */
            name: string;
            /**
             * Format: int32
             * @description How many entries the queue may hold, 1 to 500.
             */
            queue_entries_max: number;
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
            /** @description Whether the nest has been closed for good. */
            closed: boolean;
            /** @description Code. */
            code: string;
            /** @description Id of the host; absent for the main nest, which administrators host. */
            host?: string | null;
            playing?: components["schemas"]["Playing"] | null;
            /** @description What comes next, in order. */
            queue: components["schemas"]["Entry"][];
            /** @description Settings. */
            settings: components["schemas"]["NestSettings"];
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
        /** @description `POST /api/v1/nests`. */
        OpenNestBody: {
            /** @description Name, 1 to 60 characters. */
            name: string;
        };
        /**
         * @description How a playing ended.
         * @enum {string}
         */
        Outcome: "finished" | "skipped" | "unplayable";
        /** @description A person, as everybody sees them. */
        Person: {
            /** @description Id. */
            id: string;
            /** @description Name. */
            name: string;
            /** @description What they are on this server. */
            role: components["schemas"]["ServerRole"];
        };
        /** @description One playing of a track in a nest. */
        Play: {
            /** @description Who had added it. */
            added_by: components["schemas"]["Contributor"];
            /** @description Id. */
            id: string;
            outcome?: components["schemas"]["Outcome"] | null;
            /**
             * Format: int64
             * @description When it began.
             */
            started_at_ms: number;
            /** @description The track. */
            track: components["schemas"]["TrackSummary"];
        };
        /** @description One page of plays, newest first. `GET /api/v1/nests/{code}/plays` */
        PlayPage: {
            /** @description Give this as `cursor` to get the next page; absent on the last. */
            next_cursor?: string | null;
            /** @description The plays. */
            plays: components["schemas"]["Play"][];
        };
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
        /** @description `POST /api/v1/invitations/redeem`: for an invitation or a sign-in link. */
        RedeemBody: {
            /** @description The new member's name, 1 to 40 characters; not needed for a sign-in link. */
            name?: string | null;
            /** @description The secret of the link. */
            token: string;
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
        /**
         * @description What an API token may do.
         * @enum {string}
         */
        Scope: "listen" | "add" | "control" | "administer";
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
            /** @description Where its cover is served (`?size=96|320|640`); absent without one. */
            artwork_url?: string | null;
            /**
             * Format: int64
             * @description Length.
             */
            duration_ms: number;
            /** @description Its id. */
            id: string;
            /** @description Where its sound is served. */
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
        };
    };
    list_plays: {
        parameters: {
            query?: {
                /** @description Where the last page ended. */
                cursor?: string;
                /** @description How many, 1 to 100; 50 unless said. */
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
                    "application/json": components["schemas"]["Track"];
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
            /** @description What you have is current */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
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
