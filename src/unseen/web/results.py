"""What `/v1/report` takes: answers of `/v1/protect`, checked field by field."""

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field

from unseen.report import Report


class Pictures(BaseModel):
    """What `Previews` told."""

    before: Base64Bytes
    after: Base64Bytes
    noise: Base64Bytes | None = None
    amplification: int | None = Field(None, ge=1, le=255)


class Result(BaseModel):
    """What `ProtectedPhoto` told; more than this may be sent along, and is not read."""

    model_config = ConfigDict(extra="ignore")

    report: Report
    previews: Pictures | None = None


class Results(BaseModel):
    """Answers of `/v1/protect`, in the order in which they are to be told."""

    results: list[Result] = Field(min_length=1, max_length=1000)
