// A real OpenID provider (panva/oidc-provider) on this machine. It signs in whoever `login_hint` names without asking,
// refuses `deny`, and does not vouch for the address of `unverified`. It takes a free port; the first line it prints is
// its issuer.
//   node issuer.mjs rs256|es256 in-token|in-userinfo post|basic|public
// A line on its standard input, `rotate`, gives it new keys: it is started anew with the accounts as they were.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import http from 'node:http';
import readline from 'node:readline';
import { Provider } from 'oidc-provider';

const [algorithm, claims, authentication] = process.argv.slice(2);
// Where people are sent back to; and, for browser tests, `ASK`: a page that asks for a name instead of `login_hint`.
const redirectUris = (process.env.REDIRECT_URIS ?? 'http://127.0.0.1:21800/auth/callback').split(' ');
const asks = process.env.ASK === '1';
const methods = { post: 'client_secret_post', basic: 'client_secret_basic', public: 'none' };

const key = () => {
	const pair =
		algorithm === 'es256'
			? generateKeyPairSync('ec', { namedCurve: 'P-256' })
			: generateKeyPairSync('rsa', { modulusLength: 2048 });
	const kid = randomBytes(8).toString('hex');
	return { ...pair.privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: algorithm.toUpperCase() };
};

const account = (id) => ({
	accountId: id,
	claims: async () => ({
		sub: id,
		email: id.includes('@') ? id : `${id}@example.org`,
		email_verified: id !== 'unverified',
		name: `User ${id}`,
		picture: `https://pictures.example.org/${id}.png`,
	}),
});

const start = (issuer) => {
	const provider = new Provider(issuer, {
		clients: [
			{
				client_id: 'rookery',
				...(authentication === 'public' ? {} : { client_secret: 'secret of rookery: with + and %' }),
				redirect_uris: redirectUris,
				grant_types: ['authorization_code'],
				response_types: ['code'],
				token_endpoint_auth_method: methods[authentication],
				id_token_signed_response_alg: algorithm.toUpperCase(),
				application_type: 'native',
			},
		],
		jwks: { keys: [key()] },
		claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'picture'] },
		conformIdTokenClaims: claims === 'in-userinfo',
		pkce: { required: () => true },
		findAccount: (_context, id) => account(id),
		features: { devInteractions: { enabled: false }, userinfo: { enabled: true } },
		interactions: { url: (_context, interaction) => `/auto/${interaction.uid}` },
		cookies: { keys: ['a key for cookies'] },
		ttl: { AccessToken: 600, IdToken: 600, AuthorizationCode: 60, Grant: 600, Interaction: 600, Session: 600 },
	});
	provider.use(async (context, next) => {
		if (!context.path.startsWith('/auto/')) return next();
		const { prompt, params, grantId, session } = await provider.interactionDetails(context.req, context.res);
		const finish = (result, options) => provider.interactionFinished(context.req, context.res, result, options);
		const chosen = context.query.account ?? params.login_hint;
		if (chosen === 'deny') return finish({ error: 'access_denied' });
		if (prompt.name === 'login' && asks && chosen === undefined) {
			context.type = 'html';
			context.body = `<!doctype html><html lang="en"><title>Sign in</title><main><h1>Who are you?</h1><form>
				<label>Account <input name="account" required></label><button>Continue</button></form>
				<a href="?account=deny">Cancel</a></main>`;
			return;
		}
		if (prompt.name === 'login') return finish({ login: { accountId: chosen } });
		const known = grantId ? await provider.Grant.find(grantId) : undefined;
		const grant = known ?? new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
		grant.addOIDCScope(params.scope);
		return finish({ consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
	});
	return provider.callback();
};

let answer;
const server = http.createServer((request, response) => answer(request, response));
server.listen(0, '127.0.0.1', () => {
	const issuer = `http://127.0.0.1:${server.address().port}`;
	answer = start(issuer);
	console.log(issuer);
	readline.createInterface({ input: process.stdin }).on('line', (line) => {
		if (line === 'rotate') {
			answer = start(issuer);
			console.log('rotated');
		}
	});
});
process.stdin.on('end', () => process.exit(0));
