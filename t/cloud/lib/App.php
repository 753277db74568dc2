<?php
namespace Cloud;

/* What every part needs, and the way of a request through the parts. */
class App
{
    public Request $request;
    public Profile $profile;
    public State $state;
    public Users $users;
    public Session $session;

    private function __construct(Request $request)
    {
        $this->request = $request;
        $this->profile = new Profile($_SERVER['CLOUD_PROFILE']);
        $this->state = new State($_SERVER['CLOUD_STATE']);
        $this->users = new Users($this->state);
        $this->session = new Session($this);
    }

    public static function run(Request $request): void
    {
        $app = new self($request);

        if (str_starts_with($request->path, '/_control/')) {
            (new Control($app))->answer();
            return;
        }

        (new Log($app->state))->add($request);
        Refreshes::add($app);

        $faults = new Faults($app);

        if (!$faults->answer()) {
            $faults->apply(function () use ($app) {
                (new Router($app))->route();
            });
        }
    }

    public function url(string $path): string
    {
        return $this->request->origin() . $this->profile->base . $path;
    }

    public function maintenance(): bool
    {
        return (bool) $this->state->setting('maintenance', false);
    }
}
