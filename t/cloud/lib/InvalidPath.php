<?php
namespace Cloud;

/* A name the server does not take: 400, with a class name of its own. */
class InvalidPath extends \Sabre\DAV\Exception
{
    public string $wireName;

    public function __construct(string $message, string $name = 'InvalidPath')
    {
        parent::__construct($message);
        $this->wireName = "OCA\\DAV\\Connector\\Sabre\\Exception\\$name";
    }

    public function getHTTPCode()
    {
        return 400;
    }
}
