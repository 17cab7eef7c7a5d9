def decorated_fn(event):
    resource = event["resource"]["prefect.resource.id"]
    print("got", type(event).__name__, resource, event["payload"].get("n"))
    return event["payload"].get("n")
